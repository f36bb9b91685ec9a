// How what a search has found is ordered: a page of this very name, then chapters, rules, and proofs.
const WEIGHTS = { chapter: 3, claims: 0.2 };

var Scorer = {
  score: ([page, , , , score, , kind]) => {
    const folder = page.includes("/") ? page.split("/")[0] : "chapter";
    // What Sphinx gives to a title that is the query, and is not one of a section.
    const isName = kind === "title" && score > Scorer.title;
    return (isName ? 100 : score) * (isName && folder === "chapter" ? 1 : (WEIGHTS[folder] ?? 1));
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
