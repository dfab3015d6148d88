// SPARQL as text, read as the command line reads it: tokens, parameters and their values, and how many rows to ask for.

const sparql = (() => {
  /** What is wrong with a query or a value, as a key of the words with what they speak of, and where in the text it stands. */
  class Mistake extends Error {
    constructor(key, told = [], place = null) { super(key); Object.assign(this, { key, told, place }); }
  }

  const TOKEN = /(?<space>\s+|#[^\n]*)|(?<iri><(?![?$])[^<>"{}|^`\\\u0000-\u0020]*>)|(?<string>"{3}(?:"{0,2}(?:[^"\\]|\\.))*"{3}|'{3}(?:'{0,2}(?:[^'\\]|\\.))*'{3}|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|(?<variable>[?$][\p{L}\p{N}_]+)|(?<lang>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)|(?<name>(?:\p{L}[\p{L}\p{N}_.\-]*)?:(?:[\p{L}\p{N}_:\-]|%[0-9A-Fa-f]{2}|\\[^\p{L}\p{N}_\s]|\.(?=[\p{L}\p{N}_%:\\.\-]))*|_:[\p{L}\p{N}_][\p{L}\p{N}_.\-]*)|(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+\-]?\d+)?)|(?<word>[\p{L}\p{N}_]+)|(?<sign>\^\^|&&|\|\||[!<>]=|.)/ysu;
  const FORMS = ["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"];
  const UPDATES = ["INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD", "WITH"];
  const CLAUSES = ["SELECT", "WHERE", "BY", "HAVING", "LIMIT", "OFFSET", "VALUES", "CONSTRUCT", "FROM"];
  const LONGEST_QUERY = 32768;

  // What follows these words: expressions, which stand in parentheses, or a pattern.
  const FOLLOWED_BY = { SELECT: "modifiers", GROUP: "modifiers", HAVING: "modifiers", ORDER: "modifiers", WHERE: "pattern", FROM: "pattern", VALUES: "pattern", LIMIT: "pattern", OFFSET: "pattern" };

  /** Return the tokens of a query; a `<` within an expression, after something that has a value, compares, and begins no IRI. */
  function tokens(query) {
    const found = [], open = ["pattern"];
    let last = { kind: "word", text: "", upper: "" }, former = last;
    const beginsExpression = () => ["expression", "modifiers"].includes(open.at(-1)) || (last.kind === "word" ? !["A", "VALUES"].includes(last.upper) : ["name", "iri"].includes(last.kind) && former.upper === "FILTER");
    const hasValue = () => !["sign", "word"].includes(last.kind) || last.text === ")" || ["TRUE", "FALSE"].includes(last.upper);
    for (let start = 0; start < query.length; start = found.at(-1).start + found.at(-1).text.length) {
      TOKEN.lastIndex = start;
      const { groups } = TOKEN.exec(query);
      let kind = Object.keys(groups).find((name) => groups[name] !== undefined), text = groups[kind];
      if (kind === "iri" && open.at(-1) === "expression" && hasValue()) [kind, text] = ["sign", text[1] === "=" ? "<=" : "<"];
      const token = { kind, text, upper: text.toUpperCase(), start };
      found.push(token);
      if (kind === "space") continue;
      if (kind === "word" && open.at(-1) !== "expression" && Object.hasOwn(FOLLOWED_BY, token.upper)) open[open.length - 1] = FOLLOWED_BY[token.upper];
      else if (text === "(") open.push(beginsExpression() ? "expression" : "list");
      else if (text === "{" || text === "[") open.push("pattern");
      else if (["}", "]", ")"].includes(text) && open.length > 1) open.pop();
      [former, last] = [last, token];
    }
    return found;
  }

  const words = (query) => tokens(query).filter((token) => token.kind === "word");
  const form = (query) => words(query).find((token) => FORMS.includes(token.upper))?.upper ?? "";

  /** Refuse what a query may not do: change the graph, or ask the network. */
  function refuse(query) {
    if (query.length > LONGEST_QUERY) throw new Mistake("toolong", [number(LONGEST_QUERY)]);
    const seen = words(query), first = seen.find((token) => !["PREFIX", "BASE"].includes(token.upper));
    if (first && UPDATES.includes(first.upper)) throw new Mistake("readsonly", [first.upper], placeOf(query, first.start, first.text.length));
    const service = seen.find((token) => token.upper === "SERVICE");
    if (service) throw new Mistake("noservice", [], placeOf(query, service.start, service.text.length));
  }

  function placeOf(query, start, length) {
    const before = query.slice(0, start).split("\n"), line = before.length, column = before.at(-1).length + 1;
    return { line, column, start, length, shown: query.split("\n")[line - 1] };
  }

  // Parameters: declared in the comments before the query, and put in token by token, so that a value stays a value

  const PARAMETER = /^param\s+([\p{L}\p{N}_]+)\s*:\s*([\p{L}\p{N}_]+)(\?)?(?:\s+([^\s=]+))?(?:\s*=\s*(.+))?$/u;

  /** Return the question and the parameters that the comments before a query's form tell. */
  function told(query) {
    const lines = query.split("\n"), end = lines.findIndex((line) => line.trim() && !line.startsWith("#") && !/^\s*(prefix|base)\b/i.test(line));
    const comments = lines.slice(0, end < 0 ? lines.length : end).filter((line) => line.startsWith("#")).map((line) => line.slice(1).trim());
    const declared = comments.map((comment) => PARAMETER.exec(comment)).filter((found) => found && Object.hasOwn(TERMS, found[2]));
    const parameters = [...new Map(declared.map((found) => [found[1], found])).values()].slice(0, 20);
    return {
      question: comments.find((comment) => comment && !/^(param\s|(stage|recursive)\s*:)/.test(comment)) ?? "",
      parameters: parameters.map(([, name, type, optional, cls, usual]) => ({ name, type, optional: Boolean(optional), cls: cls ?? "", usual: usual ?? "" })),
    };
  }

  const ESCAPES = { "\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t" };
  const literal = (value, type = "string") => `"${value.replace(/[\\"\n\r\t]/g, (sign) => ESCAPES[sign])}"${type === "string" ? "" : `^^<http://www.w3.org/2001/XMLSchema#${type}>`}`;

  const written = (pattern, example, type) => ({ name }, value) => {
    if (!pattern.test(value)) throw new Mistake("wrongvalue", [name, value, example]);
    return { [name]: literal(value, type) };
  };
  const TERMS = {
    iri: ({ name, cls }, value) => ({ [name]: `<${resolved(value, cls)}>` }),
    date: ({ name }, value) => {
      const days = daysOf(value);
      if (!days) throw new Mistake("wrongvalue", [name, value, "2024-07-15, 2024-07, 2024"]);
      return { [name]: literal(days.first, "date"), [`${name}End`]: literal(days.last, "date") };
    },
    string: ({ name }, value) => ({ [name]: literal(value) }),
    integer: written(/^[+-]?\d+$/, "2024", "integer"),
    decimal: written(/^[+-]?\d+(\.\d+)?$/, "0.25", "decimal"),
    boolean: written(/^(true|false)$/, "true", "boolean"),
    language: written(/^[A-Za-z]{2,3}(-[A-Za-z0-9]+)*$/, "zh-hans", "string"),
  };

  const PARTS = { 33: "01/03", 34: "04/06", 35: "07/09", 36: "10/12", 37: "01/04", 38: "05/08", 39: "09/12", 40: "01/06", 41: "07/12" };

  /** Return the first and last day of a date given by hand: a day, a month, a part of a year, a year, or a range of them. */
  function daysOf(value) {
    const [start, end = start, ...more] = value.split("/"), isRange = value.includes("/");
    const side = (written, at) => {
      if (isRange && (written === "" || written === "..")) return "..";
      const [, year, part] = /^(\d{4})-(\d\d)$/.exec(written) ?? [];
      return PARTS[part] ? `${year}-${PARTS[part].split("/")[at]}` : written === ".." ? "" : written;
    };
    return more.length ? null : dayOf(`${side(start, 0)}/${side(end, 1)}`);
  }

  /** Return the IRI that a CURIE, an IRI or a name in any script stands for. */
  function resolved(value, cls) {
    const among = cls ? page.members?.[cls] ?? [] : [...things.keys()];
    const curie = things.has(value) ? value : /^[a-z_]\w*$/i.test(value) && things.has(`:${value}`) ? `:${value}` : null;
    if (curie && cls && !among.includes(curie)) throw new Mistake("notofclass", [value, cls]);
    const spelt = fold(value), plain = squeeze(spelt);
    const isCalled = (id) => {
      const { names, keys } = things.get(id);
      return names.some(([name]) => fold(name) === spelt) || (plain !== "" && [...names.map(([name]) => squeeze(fold(name))), ...(keys ?? [])].includes(plain));
    };
    const called = curie ? [curie] : among.filter(isCalled);
    if (called.length === 1) return iriOf(called[0]);
    if (called.length) throw new Mistake("severalcalled", [value, called.join(", ")]);
    const iri = /^<.*>$/.test(value) ? value.slice(1, -1) : /^([a-z][a-z0-9+.-]*:\/\/|urn:)/i.test(value) ? value : value.includes(":") ? iriOf(value) : "";
    if (iri === "" || (iri === value && !/^([a-z][a-z0-9+.-]*:\/\/|urn:)/i.test(iri))) throw new Mistake("nonecalled", [value]);
    if (!/^[a-z][a-z0-9+.-]*:[^\u0000-\u0020<>"{}|^`\\]+$/i.test(iri)) throw new Mistake("nonecalled", [value]);
    return iri;
  }

  /** Return the terms, in N-Triples syntax, that values given by hand stand for. */
  function termsOf(parameters, values) {
    const terms = {};
    for (const parameter of parameters) {
      const given = values.get(parameter.name) ?? "", value = (["iri", "date"].includes(parameter.type) ? given.trim() : given) || parameter.usual;
      if (value) Object.assign(terms, TERMS[parameter.type](parameter, value));
      else if (!parameter.optional) throw new Mistake("needsvalue", [parameter.name]);
    }
    return new Map(Object.entries(terms));
  }

  /** Return the query with variables replaced by terms; one that is selected stays a column. */
  function bind(query, terms) {
    if (!terms.size) return query;
    const seen = tokens(query.replace(/\bBOUND\s*\(\s*[?$]([\p{L}\p{N}_]+)\s*\)/giu, (all, name) => (terms.has(name) ? "true" : all)));
    let clause = "", parentheses = 0, braces = 0, previous = "";
    return seen.map((token) => {
      parentheses += { "(": 1, ")": -1 }[token.text] ?? 0;
      braces += { "{": 1, "}": -1 }[token.text] ?? 0;
      if (token.kind === "word" && CLAUSES.includes(token.upper)) clause = token.upper;
      else if (token.text === "{" || token.text === "}") clause = "";
      const isBound = token.kind === "variable" && terms.has(token.text.slice(1));
      const put = isBound ? placed(token, terms, parentheses ? "" : clause, previous, braces ? `_${token.start}` : "") : token.text;
      if (token.kind !== "space") previous = token.upper;
      return put;
    }).join("");
  }

  function placed(token, terms, clause, previous, inner) {
    const name = token.text.slice(1), term = terms.get(name);
    if (previous === "AS" || clause === "VALUES") throw new Mistake("assigned", [token.text]);
    if (clause === "SELECT") return `(${term} AS ?${name}${inner})`;
    return clause === "BY" ? `(${term})` : term;
  }

  /** Return a SELECT query that gives at most so many rows; its own smaller limit is left. */
  function limited(query, most) {
    let depth = 0, closed = false, limit = null, end = query.length, previous = "";
    for (const token of tokens(query)) {
      if (token.kind === "space") continue;
      if (token.kind === "sign") depth += "{([".includes(token.text) ? 1 : "})]".includes(token.text) ? -1 : 0;
      if (depth === 0 && token.text === "}") closed = true;
      else if (depth === 0 && closed && previous === "LIMIT" && token.kind === "number") limit = token;
      else if (depth === 0 && closed && token.upper === "VALUES" && token.kind === "word") end = Math.min(end, token.start);
      previous = token.upper;
    }
    if (limit) return `${query.slice(0, limit.start)}${Math.min(Number(limit.text), most)}${query.slice(limit.start + limit.text.length)}`;
    return closed ? `${query.slice(0, end)}\nLIMIT ${most}\n${query.slice(end)}` : query;
  }

  /** Return the columns of a query for everything (`SELECT *`) in the order in which it names them; the engine sorts them. */
  function inOrder(query, columns) {
    const seen = tokens(query).filter((token) => token.kind !== "space"), at = seen.findIndex((token) => token.kind === "word" && FORMS.includes(token.upper));
    const everything = seen[["DISTINCT", "REDUCED"].includes(seen[at + 1].upper) ? at + 2 : at + 1].text === "*";
    const first = (column) => seen.findIndex((token) => token.kind === "variable" && token.text.slice(1) === column);
    return everything ? [...columns].sort((a, b) => first(a) - first(b)) : columns;
  }

  // What is wrong with a query that the engine has refused

  const PREFIX_LINES = 1; // before the query, in what the engine was given
  const OPENERS = { ")": "(", "]": "[", "}": "{" };

  function suspect(query) {
    const opened = [], seen = tokens(query).filter((token) => token.kind !== "space");
    for (const token of seen) {
      if (token.kind !== "sign") continue;
      if (token.text === '"' || token.text === "'") return ["neverclosed", token];
      if ("([{".includes(token.text)) opened.push(token);
      if (!Object.hasOwn(OPENERS, token.text)) continue;
      const opener = opened.pop();
      if (opener?.text !== OPENERS[token.text]) return opener ? ["neverclosed", opener] : ["closesnothing", token];
    }
    return opened.length ? ["neverclosed", opened.at(-1)] : null;
  }

  /** Return the mistake that the engine's words speak of, at its place in the query as it is written. */
  function explained(query, message) {
    const [, line, column, said] = /error at (\d+):(\d+): (.*)/s.exec(message) ?? [];
    if (!line) return new Mistake("failed", [message]);
    const [key, token] = suspect(query) ?? [];
    if (key) return new Mistake(key, [token.text], placeOf(query, token.start, token.text.length));
    const lines = query.split("\n"), at = Math.min(Number(line) - PREFIX_LINES, lines.length);
    const shown = lines[at - 1] ?? "", column_ = Number(line) - PREFIX_LINES > lines.length ? shown.length + 1 : Math.min(Number(column), shown.length + 1);
    const start = lines.slice(0, at - 1).reduce((sum, one) => sum + one.length + 1, 0) + column_ - 1;
    if (/prefix not found/i.test(said)) return prefixless(query, start);
    return new Mistake("doesnotparse", [], { line: at, column: column_, start, length: 1, shown });
  }

  function prefixless(query, near) {
    const name = tokens(query).filter((token) => token.kind === "name" && token.start <= near).at(-1);
    const prefix = name ? `${name.text.split(":")[0]}:` : ":";
    return new Mistake("noprefix", [prefix], name ? placeOf(query, name.start, prefix.length) : null);
  }

  return { Mistake, tokens, form, refuse, told, termsOf, bind, limited, inOrder, explained };
})();
