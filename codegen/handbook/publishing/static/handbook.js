// What scrolls sideways can be scrolled by the keyboard, too: it takes the focus while it has to.
const scrollers = document.querySelectorAll(
  "div.math, div.math > math, span.math, figcaption math, .table-wrapper, pre",
);

const settle = () => {
  for (const each of scrollers)
    if (each.scrollWidth > each.clientWidth) each.tabIndex = 0;
    else each.removeAttribute("tabindex");
};

new ResizeObserver(settle).observe(document.documentElement);
document.fonts.ready.then(settle);
document.addEventListener("toggle", settle, true);
document.addEventListener("change", settle);
