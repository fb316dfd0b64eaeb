// node skeleton.mjs BENIGN.html HOSTILE.html [BENIGN HOSTILE …] : what a browser makes of each pair, element by element and
// attribute by attribute, and whether both say the same but for the signs of markup; prints where they part, and ends with 1.
import puppeteer from 'puppeteer-core';
import fs from 'fs';
const files = process.argv.slice(2);
const browser = await puppeteer.launch({
  executablePath: '/usr/bin/chromium', headless: true,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const page = await browser.newPage();
const asked = [];
page.on('dialog', dialog => { asked.push(`dialog ${dialog.message()}`); dialog.dismiss(); });
page.on('request', request => { if (!/^(file|data|cid):/.test(request.url())) asked.push(`request ${request.url()}`); });
// Within a chart a longer name is cut otherwise: there the kinds of elements count, elsewhere each element in its place.
const read = async file => {
  await page.goto('file://' + fs.realpathSync(file));
  return page.evaluate(() => {
    const kind = e => `${e.localName}[${[...e.attributes].map(a => a.name).sort().join(' ')}]`
      + (e.hasAttribute('href') && !e.getAttribute('href').startsWith('#') ? ' leads out' : '');
    const all = [...document.querySelectorAll('*')];
    const texts = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) if (!walk.currentNode.parentElement.closest('svg.chart')) texts.push(walk.currentNode.data.replace(/[<>"'`&{}%#=;\/]/g, 'x').toLowerCase());
    return { texts: texts.sort(), page: all.filter(e => !e.closest('svg.chart')).map(kind),
      charts: [...new Set(all.filter(e => e.closest('svg.chart')).map(kind))].sort() };
  });
};
let different = 0;
for (let at = 0; at < files.length; at += 2) {
  const [benign, hostile] = [await read(files[at]), await read(files[at + 1])];
  const first = hostile.page.findIndex((element, i) => element !== benign.page[i]);
  const foreign = hostile.charts.filter(element => !benign.charts.includes(element));
  const said = hostile.texts.findIndex((text, i) => text !== benign.texts[i]);
  if (first >= 0 || said >= 0 || hostile.page.length !== benign.page.length || foreign.length || asked.length) {
    different += 1;
    console.log(files[at + 1], benign.page.length, hostile.page.length, first, hostile.page[first], benign.page[first], hostile.texts[said], benign.texts[said], foreign, asked.splice(0));
  }
}
await browser.close();
console.log('pairs', files.length / 2, 'different', different);
process.exit(different ? 1 : 0);
