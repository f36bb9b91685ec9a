"""Search in Chinese, where every two characters that stand together are a term.

Sphinx's own cuts sentences into words by a dictionary, and leaves what is searched for uncut; here
both are cut alike, and nothing has to be installed.
"""

import re
from itertools import pairwise

from sphinx.search.en import SearchEnglish

_RUN = re.compile("[\u3400-\u9fff]+|[^\\W\u3400-\u9fff]+")
"""Chinese characters, or a word of other letters."""


class SearchChinese(SearchEnglish):
    """What is not Chinese in it is stemmed as English."""

    lang = "zh"
    js_splitter_code = r"""
const CHINESE = /[\u3400-\u9fff]/;

// What asks, and what joins words, is in every page or in none.
const ASKING = /怎么样?|怎样|如何|什么|为何|哪[里儿个些种条]|区别|差别|[的了和与或是吗呢]/gu;

function cut(text) {
  const runs = text.match(/[\u3400-\u9fff]+|(?:(?![\u3400-\u9fff])[\p{L}\p{N}_])+/gu) ?? [];
  const terms = runs.flatMap((run) =>
    /[\u3400-\u9fff]./.test(run) ? Array.from(run.slice(1), (c, i) => run[i] + c) : [run],
  );
  const telling = terms.filter((term) => term.length > 1 || !CHINESE.test(term));
  return telling.length ? telling : terms;
}

// Two characters on either side of a border between words need not stand together anywhere: what
// no page has beside what comes before it is not asked for.
function together(terms) {
  const index = typeof Search === "undefined" ? null : Search._index;
  if (!index) return terms;
  const tables = [index.terms, index.titleterms];
  let pages;
  const kept = terms.filter((term) => {
    if (!CHINESE.test(term)) return true;
    const its = tables.flatMap((table) => (Object.hasOwn(table, term) ? table[term] : []));
    const both = pages ? its.filter((page) => pages.includes(page)) : its;
    if (both.length) pages = both;
    return both.length;
  });
  return kept.length ? kept : terms;
}

function splitQuery(query) {
  const asked = cut(query.replace(ASKING, " "));
  return together(asked.length ? asked : cut(query));
}
"""

    def split(self, input: str) -> list[str]:  # noqa: A002, as it is called in Sphinx
        """The terms, in order."""
        return [term for run in _RUN.findall(input) for term in _terms(run)]


def _terms(run: str) -> list[str]:
    is_chinese = "\u3400" <= run[0] <= "\u9fff" and len(run) > 1
    return [a + b for a, b in pairwise(run)] if is_chinese else [run]
