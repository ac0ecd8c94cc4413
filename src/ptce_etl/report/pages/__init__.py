"""The pages of the site, a module each: what a template is given."""
