// Search: every name and key is folded once; the best match first, in any script.

const keysOf = (names) => [...new Set(names.map(fold).flatMap((key) => [key, squeeze(key)]))].filter(Boolean);
const index = [...things].map(([id, { keys, names }]) => ({ id, keys: keysOf([...(keys ?? []), ...names.map(([name]) => name)]) }));
const found = { ids: [], at: 0 };
const MOST_HITS = 12;

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

/** Return how many letters two words differ by; of letters that changed places, one. */
function distance(one, other) {
  let before = [], row = Array.from({ length: other.length + 1 }, (_, j) => j);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (one[i - 1] !== other[j - 1]));
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) next[j] = Math.min(next[j], before[j - 2] + 1);
    }
    [before, row] = [row, next];
  }
  return row[other.length];
}

const SLIPS = [[4, 1], [8, 2]];

/** Return the names that what is typed may have been meant for, the nearest first: of a few letters, one may be wrong, of more, two. */
function meant(typed) {
  const sought = squeeze(fold(typed)), most = SLIPS.reduce((found, [length, slips]) => (sought.length >= length ? slips : found), 0);
  const near = (keys) => Math.min(9, ...keys.filter((key) => Math.abs(key.length - sought.length) <= most).map((key) => distance(key, sought)));
  return most ? index.map(({ id, keys }) => ({ id, rank: near(keys) })).filter(({ rank }) => rank <= most) : [];
}

function search(typed) {
  const best = fit(typed), weight = (id) => classes.get(things.get(id).cls).importance;
  const exact = index.map(({ id, keys }) => ({ id, rank: best(keys) })).filter(({ rank }) => rank < 9);
  const hits = (exact.length ? exact : meant(typed)).filter(({ id }) => !silent.has(id));
  hits.sort((a, b) => a.rank - b.rank || isDrawn(b.id) - isDrawn(a.id) || weight(b.id) - weight(a.id) || (a.id < b.id ? -1 : 1));
  return hits.map(({ id }) => id);
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
  const hits = typed ? search(input.value) : [], more = hits.length - MOST_HITS;
  found.ids = hits.slice(0, MOST_HITS);
  found.at = Math.min(found.at, Math.max(0, found.ids.length - 1));
  byId("results").hidden = !typed;
  const mute = (...said) => el("li", { class: "none", role: "option", "aria-disabled": "true", "aria-selected": "false" }, said);
  byId("results").replaceChildren(...found.ids.map(option), ...(hits.length ? (more > 0 ? [mute(`+${number(more)}`)] : []) : [mute(word("nothing"), partly())]));
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
