// node print.mjs FILE.html OUT.pdf : the PDF that a browser prints, and whether it is A4 with nothing cut at an edge.
// npm i puppeteer-core@24 ; apt-get install chromium
import puppeteer from 'puppeteer-core';
import fs from 'fs';
const [, , file, pdf] = process.argv;
const browser = await puppeteer.launch({
  executablePath: '/usr/bin/chromium', headless: true,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const page = await browser.newPage();
// What A4 leaves inside the margins of the print styles: 186 mm by 267 mm, 96 pixels an inch.
const [width, height] = [703, 1009];
await page.setViewport({ width, height });
await page.emulateMediaType('print');
await page.goto('file://' + fs.realpathSync(file));
const faults = await page.evaluate((width, height) => {
  const name = e => `${e.tagName.toLowerCase()}.${e.getAttribute('class') ?? ''} “${e.textContent.trim().slice(0, 40)}”`;
  const shown = selector => [...document.querySelectorAll(selector)].filter(e => e.getClientRects().length > 0);
  const beyond = shown('table,td,th,figure,svg,.card,h1,h2,h3').filter(e => e.getBoundingClientRect().right > width + 1);
  const taller = shown('tr,figure,.card').filter(e => e.getBoundingClientRect().height > height);
  // Nine points are twelve pixels.
  const size = e => e.getAttribute('font-size') * e.ownerSVGElement.getBoundingClientRect().width / e.ownerSVGElement.viewBox.baseVal.width;
  const small = shown('svg.chart text').filter(e => size(e) < 12);
  return [...small.map(e => `letters of ${size(e).toFixed(1)}px: ${name(e)}`), ...beyond.map(e => `beyond the edge: ${name(e)}`), ...taller.map(e => `taller than a page: ${name(e)}`)];
}, width, height);
await page.pdf({ path: pdf, preferCSSPageSize: true });
await browser.close();
const text = fs.readFileSync(pdf, 'latin1');
const boxes = [...text.matchAll(/\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)];
if (boxes.length === 0) faults.push('no pages');
// 210 mm by 297 mm in points.
if (boxes.some(([, w, h]) => Math.abs(w - 595.28) > 1 || Math.abs(h - 841.89) > 1)) faults.push('not A4');
console.log(`${boxes.length} pages`);
faults.forEach(fault => console.log('   ', fault));
process.exit(faults.length > 0 ? 1 : 0);
