// node thumbnails.mjs LIST.json : takes each page in each width and theme, in small. LIST is an array of { page, base,
// widths, font? }; beside BASE come BASE_WIDTH_THEME.png, one pixel for SCALE × SCALE of the page's.
// With `font`, a woff2 file, the page's text is set in it: a mail has no font of its own, and every machine has others.
import puppeteer from 'puppeteer-core';
import fs from 'fs';
const SCALE = 16;
const list = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const browser = await puppeteer.launch({
  executablePath: '/usr/bin/chromium', headless: true,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const canvas = await browser.newPage();
await canvas.goto('about:blank');
const reduce = (png) => canvas.evaluate(async (data, scale) => {
  const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob());
  let [width, height, source] = [picture.width, picture.height, picture];
  const [right, bottom] = [Math.ceil(width / scale), Math.ceil(height / scale)];
  // Halved again and again: each pixel is the mean of what it stands for.
  for (let step = scale; step > 1; step /= 2) {
    [width, height] = step === 2 ? [right, bottom] : [Math.ceil(width / 2), Math.ceil(height / 2)];
    const half = new OffscreenCanvas(width, height);
    half.getContext('2d').drawImage(source, 0, 0, width, height);
    source = half;
  }
  const bytes = new Uint8Array(await (await source.convertToBlob({ type: 'image/png' })).arrayBuffer());
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}, png, SCALE);
let overflows = 0;
for (const { page: file, base, widths, font } of list) {
  const page = await browser.newPage();
  await page.goto('file://' + fs.realpathSync(file));
  if (font) {
    const face = fs.readFileSync(font).toString('base64');
    await page.addStyleTag({ content: `@font-face{font-family:Fixed;src:url(data:font/woff2;base64,${face})}*{font-family:Fixed!important}` });
    await page.evaluate(() => document.fonts.ready.then(() => {}));
  }
  for (const width of widths) for (const scheme of ['light', 'dark']) {
    await page.setViewport({ width, height: 800, deviceScaleFactor: 1 });
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (overflow > 0) { overflows += 1; console.log(`${file} at ${width}, ${scheme}: overflows by ${overflow}px`); }
    const png = await page.screenshot({ fullPage: true, encoding: 'base64' });
    fs.writeFileSync(`${base}_${width}_${scheme}.png`, Buffer.from(await reduce(png), 'base64'));
  }
  await page.close();
}
await browser.close();
process.exit(overflows ? 1 : 0);
