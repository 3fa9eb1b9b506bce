// The part of JSONPath that the conversations use; a path yields the list of nodes it finds.

const STEP =
  /\.([\w$-]+)|\['([^']*)'\]|\[(\d+)\]|\[(\*)\]|\[\?\(@\.([\w$-]+)==(?:'([^']*)'|(true|false|-?\d+(?:\.\d+)?))\)\]/y

/** @throws when the path is outside the subset: `$`, `.name`, `['any key']`, `[n]`, `[*]`, `[?(@.sub=='x')]`, `==true` */
export function nodesAt(path: string, document: unknown): unknown[] {
  if (!path.startsWith('$')) throw new Error(`JSON path must start with $: ${path}`)
  let nodes: unknown[] = [document]
  let at = 1
  while (at < path.length) {
    STEP.lastIndex = at
    const step = STEP.exec(path)
    if (!step) throw new Error(`JSON path not understood from position ${at}: ${path}`)
    nodes = nodes.flatMap((node) => follow(step, node))
    at = STEP.lastIndex
  }
  return nodes
}

function follow(step: RegExpExecArray, node: unknown): unknown[] {
  const [, name, key, index, all, sub, text, literal] = step
  const property = name ?? key
  if (property !== undefined) return own(node, property)
  if (!Array.isArray(node)) return []
  if (index !== undefined) return node.slice(Number(index), Number(index) + 1)
  if (all !== undefined) return node
  const wanted: unknown = literal === undefined ? text : JSON.parse(literal)
  return node.filter((element) => own(element, sub ?? '').some((value) => value === wanted))
}

function own(node: unknown, key: string): unknown[] {
  if (typeof node !== 'object' || node === null || Array.isArray(node) || !Object.hasOwn(node, key)) return []
  return [(node as Record<string, unknown>)[key]]
}
