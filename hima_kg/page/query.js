// The query tab: the project's questions and any SPARQL, answered in this page by an engine in a worker of its own.

const queryTab = (() => {
  const { Mistake } = sparql;
  const asked = { text: "", values: new Map(), busy: "", answer: null, mistake: null };
  const texts = new Map((page.queries ?? []).map((query) => [query.name, query.text.trim()]));
  const nameOfQuery = () => [...texts].find(([, text]) => text === asked.text.trim())?.[0] ?? null;
  const toldBy = (key, ...parts) => word(key).split("{}").flatMap((piece, i) => (i ? [visible(parts[i - 1] ?? ""), piece] : [piece])).join("");

  // The engine: unpacked when the first query is run, ended when one takes too long, and then started anew

  function bytesOf(id) {
    const signs = atob(byId(id).textContent), bytes = new Uint8Array(signs.length);
    for (let i = 0; i < signs.length; i += 1) bytes[i] = signs.charCodeAt(i);
    return bytes;
  }

  async function unpackedBytes(id) {
    const unpacking = new Blob([bytesOf(id)]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(unpacking).arrayBuffer());
  }

  /** An engine in a worker of its own, which takes the graph and then one query after another, until it is ended. */
  class Engine {
    constructor() {
      this.over = new Promise((_, fail) => { this.fail = fail; });
      this.ready = Promise.race([this.over, this.start()]);
      this.ready.catch(() => { this.worker?.terminate(); if (engine === this) [engine, parts] = [null, null]; });
    }

    async start() {
      parts ??= Promise.all(["engine", "wasm", "quads"].map(unpackedBytes));
      const [script, wasm, quads] = await parts;
      if (engine !== this) return; // it was ended before it began
      const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
      this.worker = new Worker(address);
      this.worker.onmessage = ({ data }) => this.done(data);
      this.worker.onerror = (event) => { event.preventDefault(); endEngine(new Mistake("brokedown")); };
      const { error } = await this.reply({ wasm, quads });
      URL.revokeObjectURL(address);
      if (error) throw new Mistake("failed", [error]);
    }

    /** Return what the worker answers; fails if the engine is ended before. */
    reply(message) {
      const answer = new Promise((done) => { this.done = done; });
      this.worker.postMessage(message);
      return Promise.race([this.over, answer]);
    }

    end(mistake) {
      this.worker?.terminate();
      this.fail(mistake);
    }
  }

  let engine = null, parts = null;

  async function engineReady() {
    engine ??= new Engine();
    const started = engine;
    await started.ready;
    return started;
  }

  /** End the engine with a reason, and start another one, so that the next query need not wait. */
  function endEngine(mistake) {
    const ended = engine;
    engine = null;
    ended?.end(mistake);
    engineReady().catch(() => {});
  }

  async function answered(by, message) {
    const slow = setTimeout(() => endEngine(new Mistake("tooslow", [number(page.engine.seconds)])), page.engine.seconds * 1000);
    try {
      return await by.reply(message);
    } finally {
      clearTimeout(slow);
    }
  }

  // Asking

  const prefixLine = () => `${Object.entries(page.prefixes ?? {}).map(([prefix, space]) => `PREFIX ${prefix}: <${space}>`).join(" ")}\n`;

  function prepared(query) {
    sparql.refuse(query);
    const form = sparql.form(query), bound = sparql.bind(query, sparql.termsOf(sparql.told(query).parameters, asked.values));
    const text = form === "SELECT" ? sparql.limited(bound, page.engine.most + 1) : bound;
    return { text: prefixLine() + text, graph: form === "CONSTRUCT" || form === "DESCRIBE", most: page.engine.most };
  }

  async function ask(query) {
    const message = prepared(query), by = await engineReady();
    if (asked.busy) become("running");
    const data = await answered(by, message);
    if (data.large) throw new Mistake("toolarge", [number(data.large)]);
    if (data.error === undefined) return data.columns ? { ...data, columns: sparql.inOrder(query, data.columns) } : data;
    if (data.broken) endEngine(new Mistake("brokedown"));
    if (data.broken) throw new Mistake("brokedown");
    const plain = /error at \d/.test(data.error) ? await answered(by, { ...message, text: prefixLine() + query }) : data;
    throw sparql.explained(query, plain.error ?? data.error);
  }

  let runs = 0;
  async function runQuery() {
    if (asked.busy) return;
    const run = runs += 1;
    Object.assign(asked, { answer: null, mistake: null });
    become("loading");
    const [answer, mistake] = await ask(asked.text).then((data) => [answerIn(data), null], (error) => [null, error instanceof Mistake ? error : new Mistake("failed", [error.message])]);
    if (run !== runs) return; // another question was taken meanwhile
    Object.assign(asked, { answer, mistake });
    mark(answer?.rows ?? []);
    become("");
    if (mistake?.place) pointAt(mistake.place);
  }

  /** Forget the query that runs, as another question takes its place. */
  function dropQuery() {
    if (!asked.busy) return;
    runs += 1;
    asked.busy = "";
    endEngine(new Mistake("stopped"));
  }

  const answerIn = (data) => (data.triples ? graphAnswer(data) : data.rows ? rowsAnswer(data) : data);

  function rowsAnswer({ columns, rows, took }) {
    const most = page.engine.most, kept = rows.slice(0, most);
    return { took, columns, rows: kept.map((row) => columns.map((column) => own(row, column))), more: rows.length > most };
  }

  function graphAnswer({ triples, count, took }) {
    return { took, count, turtle: turtleOf(triples), more: count > triples.length };
  }

  function become(busy) {
    asked.busy = busy;
    if (state.tab === "query") renderAnswer();
  }

  function pointAt({ start, length }) {
    const box = byId("sparql");
    if (!box || box.value !== asked.text) return;
    box.focus({ preventScroll: true });
    box.setSelectionRange(start, start + length);
  }

  // Names for IRIs, by the prefixes that came with the data, as CURIEs are written all over the page

  const CURIES = Object.entries(page.prefixes ?? {}).sort(([a, one], [b, other]) => other.length - one.length || (a < b ? -1 : 1));
  const WIDE = "A-Za-z_\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u02ff\\u0370-\\u037d\\u037f-\\u1fff\\u2c00-\\u2fef\\u3001-\\ud7ff\\uf900-\\ufdcf\\ufdf0-\\ufffd0-9";
  const LOCAL = new RegExp(`^[${WIDE}](?:[${WIDE}-]|\\.(?=[${WIDE}-]))*$`);

  function compact(iri) {
    const [prefix, space] = CURIES.find(([, one]) => iri.startsWith(one) && LOCAL.test(iri.slice(one.length))) ?? [];
    return space === undefined ? `<${iri}>` : `${prefix}:${iri.slice(space.length)}`;
  }

  const shortened = (term) => term.replace(/^<(.*)>$/, (_, iri) => compact(iri)).replace(/\^\^<([^<>"]*)>$/, (_, iri) => `^^${compact(iri)}`);

  function turtleOf(triples) {
    const blocks = grouped(triples.map((triple) => triple.map(shortened)), ([subject]) => subject);
    const body = blocks.map(([subject, rows]) => `${subject} ${rows.map(([, property, value]) => `${property === "rdf:type" ? "a" : property} ${value}`).join(" ;\n    ")} .`).join("\n\n");
    const used = CURIES.filter(([prefix]) => new RegExp(`(^|[\\s^])${prefix}:`, "m").test(body)).sort(([a], [b]) => (a < b ? -1 : 1));
    return `${used.map(([prefix, space]) => `@prefix ${prefix}: <${space}> .`).join("\n")}\n\n${body}\n`;
  }

  // What the rows name is marked in the network, until it is cleared

  const namedIn = (cell) => (cell?.type === "uri" ? compact(cell.value) : null);

  function mark(rows) {
    state.found = new Set(rows.flat().map(namedIn).filter((id) => id && nodes.has(id)));
    renderFound();
    repaint();
  }

  const foundThings = () => [...state.found].filter((id) => !isEvent(id));

  function renderFound() {
    const count = state.found.size;
    byId("found")?.remove();
    if (count) byId("ground").append(el("div", { id: "found", role: "status" }, toldBy("found", number(count)), el("button", { type: "button", class: "icon", "aria-label": word("clear"), title: word("clear"), click: () => mark([]) }, "×")));
  }

  function showFound() {
    const few = foundThings().slice(0, 60);
    few.forEach(ensure);
    selectTab("network");
    repaint();
    if (few.length) focusOn(few);
  }

  // The tab: the questions, the text with its parameters, and the answer

  function renderQuery() {
    queueMicrotask(() => { renderParameters(); renderAnswer(); byId("tab-query")?.scrollIntoView({ block: "nearest", inline: "nearest" }); });
    return [text("div", "asking",
      el("details", { class: "questions", open: innerWidth > 760 || !asked.text }, el("summary", {}, word("questions"), " ", text("span", "count", number(texts.size))), el("ul", {}, [...texts].map(questionOf))),
      text("div", "sheetlet", text("div", "question"), el("div", { class: "parameters" }), queryBox(), text("div", "run", runButton(), text("span", "hint", word(navigator.platform.startsWith("Mac") ? "keysmac" : "keys")), state.asof && text("span", "hint", word("noasof"))), el("div", { id: "answer" }),
        el("p", { class: "engine" }, word("enginetold"))))];
  }

  function questionOf([name, query]) {
    return el("li", {}, el("button", { type: "button", "data-query": name, "aria-pressed": String(name === nameOfQuery()), click: () => take(name) }, text("span", "words", bdi(sparql.told(query).question || name)), text("span", "name", name)));
  }

  function take(name) {
    dropQuery();
    Object.assign(asked, { text: texts.get(name), values: new Map(), answer: null, mistake: null });
    const needed = sparql.told(asked.text).parameters.filter((one) => !one.optional && !one.usual);
    const fits = (one) => one.type === "iri" && state.node && (!one.cls || page.members?.[one.cls]?.includes(state.node));
    needed.filter(fits).slice(0, 1).forEach((one) => asked.values.set(one.name, state.node));
    byId("sparql").value = asked.text;
    fitBox();
    delete document.querySelector("#sheet .parameters").dataset.key; // the fields have other values now
    if (innerWidth <= 760) document.querySelector("#sheet .questions").open = false;
    renderParameters();
    remember();
    const empty = needed.find((one) => !asked.values.has(one.name));
    if (!empty) { runQuery(); return; }
    renderAnswer();
    document.querySelector(`#sheet [name="${CSS.escape(empty.name)}"]`)?.focus();
  }

  function queryBox() {
    const box = el("textarea", { id: "sparql", "aria-label": "SPARQL", placeholder: "SELECT * WHERE { ?s ?p ?o } LIMIT 10", spellcheck: "false", autocapitalize: "off", autocomplete: "off", wrap: "off", rows: rowsOf(asked.text) });
    box.value = asked.text;
    box.addEventListener("input", () => { asked.text = box.value; renderParameters(); rememberSoon(); });
    box.addEventListener("keydown", runByKey);
    return box;
  }

  const rowsOf = (query) => Math.min(13, Math.max(7, query.split("\n").length));
  const fitBox = () => { byId("sparql").rows = rowsOf(asked.text); };

  function runByKey(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey || event.target.matches("input"))) return;
    event.preventDefault();
    runQuery();
  }

  function runButton() {
    return el("button", { id: "run", type: "button", click: () => (asked.busy ? endEngine(new Mistake("stopped")) : runQuery()) }, word("run"));
  }

  function renderParameters() {
    const { question, parameters } = sparql.told(asked.text), name = nameOfQuery(), home = document.querySelector("#sheet .parameters");
    for (const one of document.querySelectorAll("#sheet [data-query]")) one.setAttribute("aria-pressed", String(one.dataset.query === name));
    document.querySelector("#sheet .question").replaceChildren(question && el("h2", {}, bdi(question)));
    const key = JSON.stringify([parameters, name, state.lang]);
    if (home.dataset.key === key) return;
    home.dataset.key = key;
    home.replaceChildren(...parameters.map(parameterOf));
  }

  function parameterOf(parameter) {
    const { name, type, cls, usual, optional } = parameter, list = type === "iri" ? `list-${name}` : null;
    const input = el("input", { name, list, type: "text", value: asked.values.get(name) ?? "", placeholder: usual || (optional ? word("any") : PLACEHOLDERS[type] ?? ""), required: !optional && !usual ? "" : null, spellcheck: "false", autocomplete: "off" });
    input.addEventListener("input", () => { asked.values.set(name, input.value); rememberSoon(); });
    input.addEventListener("keydown", runByKey);
    return el("label", {}, text("span", "label", bdi(name), " ", text("small", "", cls ? named(classes.get(cls)?.label, cls) : word(`type-${type}`))), input, list && el("datalist", { id: list }, candidates(cls)));
  }

  const PLACEHOLDERS = { date: "2024-07", integer: "2024", decimal: "0.25", boolean: "true", language: "ko" };
  const candidates = (cls) => (cls ? page.members?.[cls] ?? [] : [...things.keys()]).filter((id) => things.has(id)).map((id) => el("option", { value: id }, nameOf(id)));

  // The answer

  function renderAnswer() {
    const home = byId("answer");
    if (!home) return;
    byId("run").textContent = word(asked.busy ? "stop" : "run");
    home.dataset.state = asked.busy || (asked.mistake ? "mistake" : asked.answer ? "done" : "");
    home.replaceChildren(...[el("div", { class: "progress", role: "status" }, answerState()), asked.mistake ? mistakeOf(asked.mistake) : asked.answer && !asked.busy ? answerOf(asked.answer) : []].flat(9).filter(Boolean));
  }

  function answerState() {
    const { busy, answer } = asked;
    if (busy) return [text("span", "turning"), word(busy), busy === "running" && ` ${toldBy("within", number(page.engine.seconds))}`];
    if (!answer) return [];
    const took = `${number(Math.max(1, Math.round(answer.took)))} ms`;
    if (answer.truth !== undefined) return [toldBy("took", took)];
    const count = answer.rows?.length ?? answer.count, what = answer.rows ? "rows" : "triples";
    const capped = answer.more && text("b", "", toldBy(answer.rows ? "cappedrows" : "cappedtriples", number(page.engine.most)));
    return [toldBy(count === 1 ? `one${what}` : what, number(count)), capped && " · ", capped, " · ", took, ...takings(answer)];
  }

  function takings({ rows, turtle: graph }) {
    const count = foundThings().length;
    return [
      count > 0 && button("action", showFound, toldBy("showfound", number(count))),
      rows?.length && button("action csv", () => save(new Blob([csvOf(asked.answer)], { type: "text/csv" }), "csv"), "CSV"),
      graph !== undefined && button("action", () => save(new Blob([graph], { type: "text/turtle" }), "ttl"), "Turtle"),
    ];
  }

  function mistakeOf({ key, told, place }) {
    const where = place && text("span", "where", toldBy("where", number(place.line), number(place.column)));
    const shown = place && el("pre", { class: "excerpt" }, visible(place.shown.slice(0, place.column - 1)), el("mark", {}, visible(place.shown.slice(place.column - 1, place.column - 1 + place.length)) || " "), visible(place.shown.slice(place.column - 1 + place.length)));
    return el("div", { class: "mistake", role: "alert" }, text("p", "", toldBy(key, ...told)), where, shown);
  }

  function answerOf(answer) {
    if (answer.truth !== undefined) return text("p", "truth", word(answer.truth ? "yes" : "no"));
    if (answer.turtle !== undefined) return el("pre", { class: "turtle", tabindex: 0 }, visible(answer.turtle));
    return answer.rows.length ? answerTable(answer) : text("p", "none", word("norows"));
  }

  function answerTable({ columns, rows }) {
    const body = el("tbody"), rest = text("div", "rest");
    const fill = (from) => {
      body.append(...rows.slice(from, from + PORTION).map((row) => el("tr", {}, row.map(cellOf))));
      const left = rows.length - from - PORTION;
      rest.replaceChildren(left > 0 ? button("action", () => fill(from + PORTION), `${word("more")} (${number(left)})`) : "");
    };
    fill(0);
    return [el("div", { class: "across", tabindex: 0, role: "region", "aria-label": word("answer") }, el("table", { class: "answer" }, el("caption", { class: "hidden" }, word("answer")), el("thead", {}, el("tr", {}, columns.map((column, i) => el("th", { scope: "col", class: rows.every((row) => !row[i] || isNumber(row[i])) && rows.some((row) => row[i]) && "number" }, visible(column))))), body)), rest];
  }

  const NUMERIC = /#(integer|decimal|double|float|nonNegativeInteger|positiveInteger)$/;
  const SHOWN = 2000; // letters of a cell that are shown; the CSV has all
  const DATED = /#(date|dateTime|gYear|gYearMonth)$|\/edtf\/EDTF/;
  const isNumber = (cell) => cell.type === "literal" && NUMERIC.test(cell.datatype ?? "");

  function cellOf(cell) {
    if (!cell) return el("td");
    if (cell.type === "uri") return el("td", {}, thingOf(cell.value));
    if (cell.type !== "literal") return el("td", {}, bdi(typeof cell.value === "string" ? `_:${cell.value}` : shortened(JSON.stringify(cell.value))));
    return el("td", { class: isNumber(cell) ? "number" : DATED.test(cell.datatype ?? "") && "date" }, bdi(clipped(cell.value, SHOWN), cell["xml:lang"]));
  }

  function thingOf(iri) {
    const id = compact(iri);
    if (things.has(id)) return text("span", "thing", glyph(things.get(id).cls), goTo(id));
    if (claims.has(id)) return button("link curie", () => openClaim(id), visible(id));
    if (documents.has(id)) return bdi(documents.get(id).title, documents.get(id).lang);
    const known = concepts.has(id) || classes.has(id) || properties.has(id);
    return id.startsWith("<") ? outward(iri, visible(iri)) : el("span", { class: known ? null : "curie", title: visible(iri) }, known ? nameOf(id) : visible(id));
  }

  /** Write the rows as the W3C has it, and as the command line does: IRIs in full, and texts without their languages. */
  function csvOf({ columns, rows }) {
    const field = (value) => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
    const written = (cell) => (!cell ? "" : field(plain(cell)));
    const plain = ({ type, value }) => (type === "bnode" ? `_:${value}` : type === "triple" ? [value.subject, value.predicate, value.object].map(plain).join(" ") : value);
    return [columns.map(field), ...rows.map((row) => row.map(written))].map((fields) => `${fields.join(",")}\r\n`).join("");
  }

  // The address bar: what it says is filled in, and never run

  let remembering = 0;
  function rememberSoon() {
    clearTimeout(remembering);
    remembering = setTimeout(remember, 400);
  }

  function remembered() {
    if (state.tab !== "query" || !asked.text.trim()) return {};
    const values = new URLSearchParams([...asked.values].filter(([, value]) => value)), query = nameOfQuery() ?? asked.text;
    return query.length > LONGEST ? {} : { rq: query, rp: String(values) || null };
  }

  function recall(get) {
    const query = texts.get(get("rq")) ?? get("rq");
    if (!query.trim()) return;
    const values = new Map(new URLSearchParams(get("rp"))), known = sparql.told(query).parameters.map(({ name }) => name);
    if (query !== asked.text) { dropQuery(); Object.assign(asked, { answer: null, mistake: null }); }
    Object.assign(asked, { text: query, values: new Map([...values].filter(([name]) => known.includes(name))) });
  }

  return { asked, state: () => byId("answer")?.dataset.state, render: renderQuery, remembered, recall, run: runQuery, csv: () => csvOf(asked.answer) };
})();
