"""What the words of the page mean: the steps of the growth bridge, and the verdicts. METHOD.md says it at length."""

from __future__ import annotations

from ptce_etl.report.words import Both

__all__ = ["MOVE_MEANINGS", "VERDICT_MEANINGS"]

MOVE_MEANINGS: dict[str, Both] = {
    "opened": (
        "Entrés ; une preuve datée dit qu'ils sont nés dans la période.",
        "Entered; dated evidence says that they opened in the period.",
    ),
    "discovered_late": (
        "Entrés ; lus pour la première fois dans la période, sans rien qui dise qu'ils y sont nés.",
        "Entered; first read of in the period, with nothing that says they opened in it.",
    ),
    "reclassified": (
        "Entrés ; déjà mentionnés avant, hors de cette population.",
        "Entered; mentioned before, outside this population.",
    ),
    "split": ("Entrés ; séparés d'un autre depuis.", "Entered; told apart from another since."),
    "closed": ("Sortis ; une preuve dit qu'ils ont fermé.", "Left; evidence says that they closed."),
    "reclassified_out": ("Sortis ; rien ne dit qu'ils ont fermé.", "Left; nothing says that they closed."),
    "merged": ("Sortis ; réunis à un autre depuis.", "Left; joined with another since."),
}
VERDICT_MEANINGS: dict[str, Both] = {
    "consistent": (
        "D'autres éditeurs donnent un chiffre qui s'accorde, ou les pôles nommés le confirment.",
        "Other publishers give a figure that agrees, or the poles named confirm it.",
    ),
    "rounded": ("Le calcul est juste, à l'arrondi près.", "The sum is right, but for rounding."),
    "arithmetic_error": (
        "Le pourcentage n'est pas celui des deux nombres donnés.",
        "The percentage is not that of the two numbers given.",
    ),
    "mixed_populations": (
        "Le calcul est juste, mais les deux nombres ne comptent pas la même chose.",
        "The sum is right, but the two numbers do not count the same thing.",
    ),
    "contradicted_by_other_claim": (
        "Un autre éditeur donne, de la même chose, un chiffre incompatible.",
        "Another publisher gives, of the same thing, a figure that cannot be true with it.",
    ),
    "below_observed": (
        "Nous savons nommer plus de pôles que le chiffre n'en compte.",
        "We can name more poles than the figure counts.",
    ),
    "unverifiable": (
        "Rien de ce que nous avons lu ne permet de le confirmer ou de l'infirmer.",
        "Nothing that we read confirms or refutes it.",
    ),
}
