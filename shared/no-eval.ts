import { z } from 'zod'

// The page's content policy forbids evaluating text. Import this first: zod tries it when the first schema is made.
z.config({ jitless: true })
