// Menu, tabs, scenario menu and search of the annex. Nothing is fetched from elsewhere; works from a file, too.
(function () {
  "use strict";
  const root = document.documentElement.dataset.root || "";
  document.documentElement.classList.add("js");

  const button = document.querySelector(".menu-button");
  button.addEventListener("click", () => {
    const open = document.body.classList.toggle("menu-open");
    button.setAttribute("aria-expanded", String(open));
    if (open) window.scrollTo(0, 0);                             // the list of pages stands above the text
  });
  const closeMenus = (except) => document.querySelectorAll("details.menu[open]").forEach((d) => { if (d !== except) d.open = false; });
  document.addEventListener("click", (e) => closeMenus(e.target.closest("details.menu")));
  document.addEventListener("keydown", (e) => { if (e.key === "Escape") closeMenus(null); });

  document.querySelectorAll(".panel-tabset").forEach((set, s) => {
    const panels = [...set.children].filter((c) => c.classList.contains("tab"));
    const list = document.createElement("div");
    list.className = "tab-list"; list.setAttribute("role", "tablist");
    const show = (k, focus) => panels.forEach((p, i) => {
      p.hidden = i !== k;
      const t = list.children[i];
      t.setAttribute("aria-selected", String(i === k)); t.tabIndex = i === k ? 0 : -1;
      if (i === k && focus) t.focus();
    });
    panels.forEach((p, i) => {
      const title = p.querySelector(".tab-title"), tab = document.createElement("button");
      tab.type = "button"; tab.textContent = title.textContent; tab.id = "tab-" + s + "-" + i;
      p.id = p.id || "panel-" + s + "-" + i; title.hidden = true;
      tab.setAttribute("role", "tab"); tab.setAttribute("aria-controls", p.id);
      p.setAttribute("role", "tabpanel"); p.setAttribute("aria-labelledby", tab.id);
      tab.addEventListener("click", () => show(i));
      tab.addEventListener("keydown", (e) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
        if (step) { e.preventDefault(); show((i + step + panels.length) % panels.length, true); }
      });
      list.append(tab);
    });
    if (!panels.length) return;
    set.prepend(list); show(0);
    const reveal = () => {
      const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
      const k = target ? panels.findIndex((p) => p.contains(target)) : -1;
      if (k >= 0) { show(k); target.scrollIntoView(); }
    };
    reveal(); window.addEventListener("hashchange", reveal);
  });

  document.querySelectorAll(".table-scroll tbody td, .table-scroll tbody th").forEach((cell) => {
    const length = cell.textContent.trim().length;             // running text keeps a readable width in a wide table
    if (length > 30 && cell.textContent.includes(" ")) cell.classList.add(length > 90 ? "very-wordy" : "wordy");
  });

  const links = [...document.querySelectorAll("aside.toc a")];
  if (links.length && "IntersectionObserver" in window) {
    const byId = new Map(links.map((a) => [decodeURIComponent(a.hash.slice(1)), a]));
    const seen = new IntersectionObserver((entries) => entries.forEach((e) => {
      if (!e.isIntersecting) return;
      links.forEach((a) => a.removeAttribute("aria-current"));
      byId.get(e.target.id).setAttribute("aria-current", "true");
    }), { rootMargin: "-10% 0px -75% 0px" });
    byId.forEach((_, id) => { const h = document.getElementById(id); if (h) seen.observe(h); });
  }

  const input = document.getElementById("search"), box = document.getElementById("search-results");
  const here = location.pathname.split("/").slice(-2, -1)[0];
  let loading = null, active = -1;
  const load = () => loading || (loading = new Promise((done) => {
    const script = document.createElement("script");
    script.src = root + "assets/search_index.js"; script.onload = () => done(window.SFP_SEARCH); document.head.append(script);
  }));
  const plain = (t) => t.toLowerCase().normalize("NFKD").replace(/[\u0300-\u036f]/g, "");
  function find(index, query) {
    const words = plain(query).split(/\s+/).filter(Boolean), hits = [];
    if (!words.length) return hits;
    for (const [url, page, group, section, text] of index) {
      const title = plain(page + " " + section), body = plain(text);
      if (!words.every((w) => title.includes(w) || body.includes(w))) continue;
      let score = url.split("/").slice(-2, -1)[0] === here ? 4 : 0;
      for (const w of words) score += title.includes(w) ? 6 : 1;
      if (body.includes(words.join(" "))) score += 3;
      const at = Math.max(0, body.indexOf(words[0]));
      hits.push({ url, page, group, section, score, text: (at > 40 ? "…" : "") + text.slice(Math.max(0, at - 40), at + 110) });
    }
    return hits.sort((a, b) => b.score - a.score).slice(0, 12);
  }
  function mark(node, text, words) {
    const pattern = words.map((w) => w.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
    text.split(new RegExp("(" + pattern + ")", "i")).forEach((part, i) => {
      if (i % 2) { const m = document.createElement("mark"); m.textContent = part; node.append(m); } else node.append(part);
    });
  }
  function close() { box.hidden = true; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); active = -1; }
  async function update() {
    const query = input.value.trim();
    if (query.length < 2) return close();
    const hits = find(await load(), query);
    box.replaceChildren();
    hits.forEach((hit, i) => {
      const a = document.createElement("a");
      a.href = root + hit.url; a.id = "hit-" + i; a.setAttribute("role", "option"); a.tabIndex = -1;
      const b = document.createElement("b"), s = document.createElement("span"), g = document.createElement("small");
      b.textContent = hit.section && hit.section !== hit.page ? hit.page + " › " + hit.section : hit.page;
      g.textContent = hit.group; mark(s, hit.text, query.split(/\s+/));
      a.append(b, g, s); box.append(a);
    });
    if (!hits.length) { const p = document.createElement("p"); p.textContent = "Nothing found."; box.append(p); }
    box.hidden = false; input.setAttribute("aria-expanded", "true"); active = -1;
  }
  input.addEventListener("focus", load, { once: true });
  input.addEventListener("input", update);
  input.addEventListener("keydown", (e) => {
    const hits = [...box.querySelectorAll("a")];
    if (e.key === "Escape") return close();
    if (e.key === "Enter" && hits.length) { location.href = hits[Math.max(0, active)].href; return close(); }
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (!step || !hits.length) return;
    e.preventDefault(); active = (active + step + hits.length) % hits.length;
    hits.forEach((h, i) => h.setAttribute("aria-selected", String(i === active)));
    hits[active].scrollIntoView({ block: "nearest" }); input.setAttribute("aria-activedescendant", hits[active].id);
  });
  document.addEventListener("click", (e) => { if (!e.target.closest(".search")) close(); });
  document.addEventListener("keydown", (e) => {
    if (e.key === "/" && !/input|textarea|select/i.test(e.target.tagName)) { e.preventDefault(); input.focus(); }
  });
})();
