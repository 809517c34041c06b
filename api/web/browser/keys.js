// Going through a page with the tab key alone.

// tabThrough says which of the things that can be reached aren't, or in another
// order than they are read in, and which don't show that they are.
export async function tabThrough(v, where) {
  await v.page.evaluate(() => {
    const radios = new Set();
    window.stops = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')].filter((e) => {
      if (e.disabled || e.type === 'hidden' || e.getAttribute('tabindex') === '-1') return false;
      if (!e.checkVisibility({ visibilityProperty: true })) return false;
      if (e.type !== 'radio') return true;
      const group = document.querySelectorAll(`input[type=radio][name="${CSS.escape(e.name)}"]`); // one stop: what is chosen, or the first
      const stop = [...group].find((r) => r.checked) ?? group[0];
      return e === stop && !radios.has(e.name) && radios.add(e.name);
    });
    const start = document.createElement('span'); // where a page begins that gave the focus to nothing
    start.tabIndex = -1;
    document.body.prepend(start);
    start.focus();
  });
  const found = [];
  const count = await v.page.evaluate(() => window.stops.length);
  for (let i = 0; i < count; i++) {
    let wrong;
    do wrong = await tabbed(v, i);
    while (wrong === within);
    if (wrong) {
      found.push(`${where} [${v.lang}]: ${wrong}`);
      if (wrong.startsWith('stop')) break; // all that follow are others, too
    }
  }
  return found;
}

const within = 'within the same'; // day, month and year are stops of their own

// tabbed presses the key and says what is wrong with the stop that it comes to.
async function tabbed(v, n) {
  await v.page.keyboard.press('Tab');
  return v.page.evaluate(([n, within]) => {
    const e = document.activeElement, wanted = window.stops[n];
    if (n > 0 && e === window.stops[n - 1] && e.matches('[type^=date], [type=time], [type=month]')) return within;
    const name = (x) => x?.outerHTML.replace(/\s+/g, ' ').slice(0, 100);
    if (e !== wanted && !(e.type === 'radio' && e.name === wanted.name)) return `stop ${n + 1} is ${name(e)}, and not ${name(wanted)}`;
    const box = e.getBoundingClientRect(), style = getComputedStyle(e);
    if (box.width < 1 || box.height < 1 || box.bottom < 1 || box.top > innerHeight - 1 || box.right < 1 || box.left > innerWidth - 1) return `the focus isn't seen: ${name(e)}`;
    if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2) return `the focus isn't shown: ${name(e)}`;
    if (contrast(style.outlineColor, ground(e.parentElement)) < 3) return `the focus is hardly seen: ${name(e)}`;
    return '';
    function ground(x) {
      for (; x; x = x.parentElement) {
        const c = getComputedStyle(x).backgroundColor;
        if (!/, 0\)$/.test(c)) return c;
      }
      return 'rgb(255, 255, 255)';
    }
    function light(colour) {
      const [r, g, b] = colour.match(/[\d.]+/g).map((c) => { c /= 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    }
    function contrast(a, b) {
      const [more, less] = [light(a), light(b)].sort((x, y) => y - x);
      return (more + 0.05) / (less + 0.05);
    }
  }, [n, within]);
}
