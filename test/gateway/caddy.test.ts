import { CADDY, openCaddy } from './caddy.ts'
import { describeRecipe } from './recipe.ts'

describeRecipe({ name: 'caddy', program: CADDY, open: openCaddy })
