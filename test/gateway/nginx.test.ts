import { NGINX, openNginx } from './nginx.ts'
import { describeRecipe } from './recipe.ts'

describeRecipe({ name: 'nginx', program: NGINX, open: openNginx })
