// Search: every name and key is folded once; the best match first, in any script.

const keysOf = (names) => [...new Set(names.map(fold).flatMap((key) => [key, squeeze(key)]))].filter(Boolean);
const index = [...things].map(([id, { keys, names }]) => ({ id, keys: keysOf([...(keys ?? []), ...names.map(([name]) => name)]) }));
const found = { ids: [], at: 0 };

function score(key, sought) {
  if (key === sought) return 0;
  if (key.startsWith(sought)) return 1;
  return key.split(/[^\p{L}\p{N}]+/u).some((part) => part.startsWith(sought)) ? 2 : key.includes(sought) ? 3 : 9;
}

/** Return how well keys fit what is typed: the less, the better; 9 if not at all. */
function fit(typed) {
  const sought = keysOf([typed]), words = fold(typed).split(/\s+/).filter(Boolean);
  const inAnyOrder = (keys) => (words.length > 1 && words.every((one) => keys.some((key) => score(key, one) <= 2)) ? 4 : 9);
  return (keys) => Math.min(inAnyOrder(keys), ...keys.flatMap((key) => sought.map((one) => score(key, one))));
}

function search(typed) {
  const best = fit(typed), weight = (id) => classes.get(things.get(id).cls).importance;
  const hits = index.filter(({ id }) => !silent.has(id)).map(({ id, keys }) => ({ id, rank: best(keys) })).filter(({ rank }) => rank < 9);
  hits.sort((a, b) => a.rank - b.rank || isDrawn(b.id) - isDrawn(a.id) || weight(b.id) - weight(a.id) || (a.id < b.id ? -1 : 1));
  return hits.slice(0, 12).map(({ id }) => id);
}

/** Return the name by which a thing was found, where it is not the one that it is called by. */
function byName(id) {
  const best = fit(byId("words").value);
  return best(keysOf([nameOf(id)])) < 9 ? null : things.get(id).names.map(([name]) => visible(name)).find((name) => best(keysOf([name])) < 9);
}

function option(id, i) {
  const node = nodes.get(id), name = byName(id);
  const pick = (event) => { event.preventDefault(); take(id); };
  return el("li", { id: `hit${i}`, role: "option", "aria-selected": String(i === found.at), mousedown: pick }, glyph(things.get(id).cls, { open: node && isOpen(node) }), text("span", "hit", bdi(nameOf(id)), name && [" ", text("small", "", bdi(name))]), text("small", "", classOf(id)));
}

function showResults() {
  const input = byId("words"), typed = fold(input.value);
  found.ids = typed ? search(input.value) : [];
  found.at = Math.min(found.at, Math.max(0, found.ids.length - 1));
  byId("results").hidden = !typed;
  byId("results").replaceChildren(...(found.ids.length ? found.ids.map(option) : [el("li", { class: "none", role: "option", "aria-disabled": "true", "aria-selected": "false" }, word("nothing"))]));
  input.setAttribute("aria-expanded", String(Boolean(typed)));
  if (found.ids.length) input.setAttribute("aria-activedescendant", `hit${found.at}`);
  else input.removeAttribute("aria-activedescendant");
  byId(`hit${found.at}`)?.scrollIntoView({ block: "nearest" });
}

function leaveSearch() {
  byId("results").hidden = true;
  byId("words").setAttribute("aria-expanded", "false");
}

function closeSearch() {
  byId("words").value = "";
  showResults();
  byId("words").blur();
}

function take(id) {
  closeSearch();
  choose(id);
  byId("panel").focus({ preventScroll: true });
}

function typeInSearch(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && found.ids.length) {
    event.preventDefault();
    found.at = (found.at + step + found.ids.length) % found.ids.length;
    showResults();
  } else if (event.key === "Enter" && !event.isComposing && found.ids.length) {
    take(found.ids[found.at]);
  }
}
