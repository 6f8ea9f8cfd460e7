import type { Page } from 'playwright-core';

/** The contrast of two colours as WCAG 2 has it, from 1 to 21. Any colours that CSS knows; they must be opaque. */
export async function contrast(page: Page, one: string, other: string): Promise<number> {
  const [a = 0, b = 0] = await page.evaluate(
    (colors) =>
      colors.map((color) => {
        const context = document.createElement('canvas').getContext('2d');
        if (!context) throw new Error('no canvas');
        context.fillStyle = color;
        context.fillRect(0, 0, 1, 1);
        const [red = 0, green = 0, blue = 0, alpha] = context.getImageData(0, 0, 1, 1).data;
        if (alpha !== 255) throw new Error(`${color} is not opaque`);
        const [r = 0, g = 0, b = 0] = [red, green, blue].map((byte) => {
          const part = byte / 255;
          return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      }),
    [one, other],
  );
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}
