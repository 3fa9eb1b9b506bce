// Lists whose elements are found by name, in any letter case, through a Map. They look like ordinary arrays: JSON and
// loops don't see the index.

const INDEX = Symbol('by name')

type Index<Element> = ReadonlyMap<string, Element>
type Indexed<Element> = readonly Element[] & { readonly [INDEX]?: Index<Element> }

/** Returns a copy of the list with an index. Names must differ in more than letter case. */
export function indexed<Element>(
  list: readonly Element[],
  nameOf: (element: Element) => string,
): readonly Element[] {
  return Object.assign([...list], { [INDEX]: indexOf(list, nameOf) })
}

/** Returns the element with a name. For a list without an index, one is built for this search only. */
export function findNamed<Element>(
  list: readonly Element[],
  name: string,
  nameOf: (element: Element) => string,
): Element | undefined {
  const index = (list as Indexed<Element>)[INDEX] ?? indexOf(list, nameOf)
  return index.get(name) ?? index.get(name.toLowerCase())
}

/** Indexes the names as spelled, which is what most clients send, and in lowercase. */
function indexOf<Element>(list: readonly Element[], nameOf: (element: Element) => string): Index<Element> {
  const spelled = list.map((element) => [nameOf(element), element] as const)
  return new Map([...spelled, ...spelled.map(([name, element]) => [name.toLowerCase(), element] as const)])
}
