import { chromium } from 'playwright-core';
import { listen, server } from './scripts/lib/serve.mjs';
const http = server('dist', '/');
const port = await listen(http, 0);
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--headless','--no-sandbox','--disable-gpu','--disable-quic','--no-first-run','--disable-background-networking','--disable-component-update','--disable-sync'] });
for (const [w, scheme] of [[1280, 'light'], [390, 'dark']]) {
  const context = await browser.newContext({ viewport: { width: w, height: 900 }, colorScheme: scheme });
  const page = await context.newPage();
  page.on('pageerror', (e) => console.log('ERR', e.message));
  page.on('console', (m) => m.type() === 'error' && console.log('CON', m.text()));
  const shot = async (sel, name, nth = 0) => {
    const el = page.locator(`model-lab:has(${sel})`).nth(nth);
    await el.scrollIntoViewIfNeeded(); await page.waitForTimeout(400);
    await el.screenshot({ path: `/tmp/shots/bayes/${name}-${w}-${scheme}.png` });
  };
  try {
    await page.goto(`http://localhost:${port}/chapters/11-probabilistic.html`);
    const one = page.locator('model-lab:has(prior-posterior)'); await one.scrollIntoViewIfNeeded(); await one.locator('.chart-plot svg').first().waitFor({timeout: 15000});
    await shot('prior-posterior', '11-prior');
    const same = page.locator('model-lab:has(same-numbers)'); await same.scrollIntoViewIfNeeded(); await same.locator('.same-table').waitFor({timeout: 15000});
    await shot('same-numbers', '11-same');
    const walk = page.locator('model-lab:has(step-walk)'); await walk.scrollIntoViewIfNeeded(); await walk.getByRole('button', { name: 'Step forward' }).click(); await page.waitForTimeout(500);
    await shot('step-walk', '11-walk');
    await page.screenshot({ path: `/tmp/shots/bayes/11-page-${w}-${scheme}.png`, fullPage: true });
  } catch (e) { console.log('11', w, e.message); }
  try {
    await page.goto(`http://localhost:${port}/chapters/12-bayesian.html`);
    for (const n of [0, 1]) {
      const walk = page.locator('model-lab:has(gibbs-walk)').nth(n); await walk.scrollIntoViewIfNeeded(); await walk.getByText('Nothing drawn yet').waitFor({timeout: 15000});
      if (n === 0) { await walk.getByRole('button', { name: 'Draw', exact: true }).click(); await page.waitForTimeout(300); await shot('gibbs-walk', '12-gibbs-hyper'); }
      await walk.getByRole('button', { name: '50 sweeps' }).click(); await page.waitForTimeout(5000);
      await walk.getByRole('button', { name: 'Draw', exact: true }).click(); await page.waitForTimeout(300);
      await walk.getByRole('button', { name: 'Draw', exact: true }).click(); await page.waitForTimeout(300);
      await shot('gibbs-walk', `12-gibbs${n}`, n);
    }
    const toy = page.locator('model-lab:has(rating-posterior)').nth(0); await toy.scrollIntoViewIfNeeded();
    await toy.getByRole('button', { name: 'Draw 500 sweeps' }).click(); await toy.locator('.posterior-numbers').waitFor({timeout: 20000}); await page.waitForTimeout(600);
    await shot('rating-posterior', '12-toy');
    const ml = page.locator('model-lab:has(model-training)'); await ml.scrollIntoViewIfNeeded();
    await ml.getByRole('button', { name: 'Train', exact: true }).click(); await ml.locator('.posterior-numbers').waitFor({timeout: 60000}); await page.waitForTimeout(1500);
    await shot('model-training', '12-ml');
    console.log('posterior', (await ml.locator('.posterior-numbers').innerText()).replaceAll('\n', ' | '));
    console.log('traces', (await ml.locator('chain-traces .legend').innerText()).replaceAll('\n', ' '));
    console.log('errors', (await ml.locator('.training-errors').innerText()).replaceAll('\n', ' | '), await ml.locator('.training-seconds').innerText());
    await page.screenshot({ path: `/tmp/shots/bayes/12-page-${w}-${scheme}.png`, fullPage: true });
  } catch (e) { console.log('12', w, e.message); }
  await context.close();
}
await browser.close(); http.closeAllConnections?.(); http.close();
