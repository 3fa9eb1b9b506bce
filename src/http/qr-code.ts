import { toString as draw } from 'qrcode'

/** Returns a text as a QR code: the data URL of an SVG, which the portal's Content-Security-Policy allows as an image. */
export async function qrCodeOf(text: string): Promise<string> {
  const svg = await draw(text, { type: 'svg', margin: 2, errorCorrectionLevel: 'M' })
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`
}
