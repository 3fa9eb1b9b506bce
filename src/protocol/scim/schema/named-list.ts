// Lists in which an element is found by its name, whatever the letter case, with one look into a Map. To everyone else
// they are ordinary arrays: the index is out of sight of JSON and of loops.

const INDEX = Symbol('by name')

type Index<Element> = ReadonlyMap<string, Element>
type Indexed<Element> = readonly Element[] & { readonly [INDEX]?: Index<Element> }

/** The same list with its index made; names are different when their letter case is not counted. */
export function indexed<Element>(
  list: readonly Element[],
  nameOf: (element: Element) => string,
): readonly Element[] {
  return Object.assign([...list], { [INDEX]: indexOf(list, nameOf) })
}

/** In any list; in one that was not prepared by `indexed` the index is made for this one search. */
export function findNamed<Element>(
  list: readonly Element[],
  name: string,
  nameOf: (element: Element) => string,
): Element | undefined {
  const index = (list as Indexed<Element>)[INDEX] ?? indexOf(list, nameOf)
  return index.get(name) ?? index.get(name.toLowerCase())
}

/** By the list's own spelling, which most clients send, and in lower case. */
function indexOf<Element>(list: readonly Element[], nameOf: (element: Element) => string): Index<Element> {
  const spelled = list.map((element) => [nameOf(element), element] as const)
  return new Map([...spelled, ...spelled.map(([name, element]) => [name.toLowerCase(), element] as const)])
}
