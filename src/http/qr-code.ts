import { toString as draw } from 'qrcode'

/** Text as a QR code: a data URL of an SVG, which the pages' policy lets through as a picture. */
export async function qrCodeOf(text: string): Promise<string> {
  const svg = await draw(text, { type: 'svg', margin: 2, errorCorrectionLevel: 'M' })
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`
}
