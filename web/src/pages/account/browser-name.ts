// The order matters: most browsers name several products in their user agent.
const BROWSERS: [RegExp, string][] = [
  [/Edg(?:e|A|iOS)?\/(\d+)/, 'Edge'],
  [/OPR\/(\d+)/, 'Opera'],
  [/(?:Firefox|FxiOS)\/(\d+)/, 'Firefox'],
  [/(?:HeadlessChrome|Chrome|CriOS)\/(\d+)/, 'Chrome'],
  [/Version\/(\d+).*Safari/, 'Safari'],
]
const SYSTEMS: [RegExp, string][] = [
  [/iPhone|iPad/, 'iOS'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/Linux|X11/, 'Linux'],
]

/** Returns a short name such as "Firefox 140, Windows". */
export function browserOf(userAgent: string | null): string | undefined {
  if (!userAgent) return undefined
  const found = BROWSERS.find(([pattern]) => pattern.test(userAgent))
  const system = SYSTEMS.find(([pattern]) => pattern.test(userAgent))?.[1]
  if (!found) return userAgent.split(' ')[0]
  const [pattern, name] = found
  const version = pattern.exec(userAgent)?.[1]
  return [`${name} ${version}`, system].filter(Boolean).join(', ')
}
