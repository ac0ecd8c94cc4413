// What the pages gain from JavaScript: filters, sorting, search, a theme. Without it everything is there to be read.
(() => {
  "use strict";
  const plain = (text) =>
    text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").replace(/[’']/g, " ").toLowerCase().replace(/\s+/g, " ").trim();

  const stored = (value) => {
    try {
      if (value === undefined) return localStorage.getItem("theme");
      localStorage.setItem("theme", value);
    } catch {
      return null; // a browser that keeps nothing, or a file opened from a disk
    }
    return value;
  };

  const theme = () => {
    const button = document.getElementById("theme");
    if (!button) return;
    const root = document.documentElement;
    const isDark = () =>
      root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    const kept = stored();
    if (kept === "dark" || kept === "light") root.dataset.theme = kept;
    const show = () => button.setAttribute("aria-pressed", String(isDark()));
    button.hidden = false;
    button.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      stored(root.dataset.theme);
      show();
    });
    show();
  };

  const value = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.v === undefined ? cell.textContent.trim() : cell.dataset.v;
  };

  const order = (a, b) => {
    if (a === "" || b === "") return a === b ? 0 : a === "" ? 1 : -1;
    const x = Number(a), y = Number(b);
    return Number.isNaN(x) || Number.isNaN(y) ? a.localeCompare(b, document.documentElement.lang, { numeric: true }) : x - y;
  };

  const sortable = (table) => {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.append(...head.childNodes);
      head.append(button);
      if (String(column) === table.dataset.sorted) head.setAttribute("aria-sort", "ascending");
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const body = table.tBodies[0];
        const rows = [...body.rows].map((row) => [value(row, column), row]);
        // What is not known stays last, whichever way the rest is turned.
        rows.sort(([a], [b]) => (a === "" || b === "" || !down ? order(a, b) : order(b, a)));
        body.append(...rows.map(([, row]) => row));
      });
    });
  };

  // A table in several parts: its index is loaded when somebody searches, and what fits is shown, 200 rows at most.
  const MOST = 200;
  const search = (form) => {
    const table = document.getElementById(form.dataset.table);
    const body = table.tBodies[0];
    const own = [...body.rows];
    const output = form.querySelector("output");
    const language = document.documentElement.lang;
    let loading = false;
    const row = ([id, name, place]) => {
      const made = document.createElement("tr");
      const head = document.createElement("th");
      head.scope = "row";
      const link = document.createElement("a");
      link.href = `poles/${id}.html`;
      link.textContent = name;
      head.append(link);
      const cell = document.createElement("td");
      cell.textContent = place;
      made.append(head, cell);
      return made;
    };
    const apply = () => {
      const asked = Object.fromEntries(new FormData(form));
      const words = plain(asked.q).split(" ").filter(Boolean);
      if (!words.length && !asked.region && !asked.status && !asked.round) {
        body.replaceChildren(...own);
        output.textContent = "";
        return;
      }
      const found = window.ptcePoles.filter(([, name, place, region, status, rounds, more]) => {
        if ((asked.region && region !== asked.region) || (asked.status && status !== asked.status)) return false;
        if (asked.round && !rounds.split(" ").includes(asked.round)) return false;
        if (!words.length) return true;
        const text = plain(`${name} ${place} ${more}`);
        return words.every((word) => text.includes(word));
      });
      body.replaceChildren(...found.slice(0, MOST).map(row));
      const n = found.length.toLocaleString(language);
      output.textContent = (found.length === 1 ? output.dataset.one : output.dataset.many).replace("{n}", n);
    };
    const wanted = () => {
      if (window.ptcePoles) {
        apply();
      } else if (!loading) {
        loading = true;
        const script = document.createElement("script");
        script.src = form.dataset.index;
        script.addEventListener("load", apply);
        document.head.append(script);
      }
    };
    for (const [name, text] of new URLSearchParams(location.search)) {
      const field = form.elements[name];
      if (field) field.value = text;
    }
    form.hidden = false;
    form.addEventListener("input", wanted);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(wanted));
    if (location.search) wanted();
  };

  const filters = (form) => {
    if (form.dataset.index) {
      search(form);
      return;
    }
    const table = document.getElementById(form.dataset.table);
    const rows = [...table.tBodies[0].rows];
    const texts = new Map(rows.map((row) => [row, plain(`${row.textContent} ${row.dataset.more ?? ""}`)]));
    const output = form.querySelector("output");
    const asked = () => new Map([...new FormData(form)].filter(([, text]) => text.trim() !== ""));
    const fits = (row, [name, text]) => {
      if (name === "q") return plain(text).split(" ").every((word) => texts.get(row).includes(word));
      return (row.dataset[name] ?? "").split(" ").includes(text);
    };
    const apply = (keep) => {
      const wanted = [...asked()];
      let n = 0;
      for (const row of rows) {
        row.hidden = !wanted.every((one) => fits(row, one));
        n += row.hidden ? 0 : 1;
      }
      output.textContent = (n === 1 ? output.dataset.one : output.dataset.many).replace("{n}", n.toLocaleString(document.documentElement.lang));
      if (keep) {
        const query = new URLSearchParams(wanted).toString();
        try {
          history.replaceState(null, "", `${location.pathname}${query ? `?${query}` : ""}${location.hash}`);
        } catch {
          // a file opened from a disk keeps its address
        }
      }
    };
    for (const [name, text] of new URLSearchParams(location.search)) {
      const field = form.elements[name];
      if (field) field.value = text;
    }
    form.hidden = false;
    form.addEventListener("input", () => apply(true));
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(() => apply(true)));
    apply(false);
  };

  const embed = (area) => {
    if (!location.protocol.startsWith("http")) return;
    const base = new URL("..", location.href).href.replace(/\/$/, "");
    area.value = area.value.replaceAll(area.dataset.place, base);
  };

  theme();
  document.querySelectorAll("table.sortable").forEach(sortable);
  document.querySelectorAll("form.filters").forEach(filters);
  document.querySelectorAll("#embed").forEach(embed);
})();
