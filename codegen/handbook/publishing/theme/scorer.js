// How what a search has found is ordered: a page of this very name, then chapters, rules, and proofs;
// among these, those first that have what is asked in their titles, or begin with it.
const WEIGHTS = { chapter: 3.5, claims: 0.2 };
const QUERY = (new URLSearchParams(location.search).get("q") ?? "").toLowerCase().trim();
let asked; // once there is an index

var Scorer = {
  score: ([page, title, , , score, , kind]) => {
    // What Sphinx gives to a title that is the query, and is not one of a section.
    if (kind === "title" && score > Scorer.title) return page.startsWith("claims/") ? 10 : 200;
    const weight = WEIGHTS[page.includes("/") ? page.split("/")[0] : "chapter"] ?? 1;
    // In Chinese a single character tells something, too.
    asked ??= [...splitQuery(QUERY), ...(QUERY.match(/[\u3400-\u9fff]/g) ?? [])];
    const said = title.toLowerCase();
    const share = asked.filter((word) => said.includes(word)).length / asked.length;
    return score * weight * (kind === "text" ? 1 + share + (said.startsWith(QUERY) ? 0.5 : 0) : 1);
  },
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
