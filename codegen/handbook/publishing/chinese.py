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
function splitQuery(query) {
  const runs = query.match(/[\u3400-\u9fff]+|(?:(?![\u3400-\u9fff])[\p{L}\p{N}_])+/gu) ?? [];
  return runs.flatMap((run) =>
    /[\u3400-\u9fff]./.test(run) ? Array.from(run.slice(1), (c, i) => run[i] + c) : [run],
  );
}
"""

    def split(self, input: str) -> list[str]:  # noqa: A002, as it is called in Sphinx
        """The terms, in order."""
        return [term for run in _RUN.findall(input) for term in _terms(run)]


def _terms(run: str) -> list[str]:
    is_chinese = "\u3400" <= run[0] <= "\u9fff" and len(run) > 1
    return [a + b for a, b in pairwise(run)] if is_chinese else [run]
