import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { config } from 'zod'
import { connect } from './api/connect.ts'
import { App } from './app.tsx'
import { createStores } from './stores/stores.ts'
import './styles/tokens.css'
import './styles/base.css'

// zod would compile its checks with `Function`, which the content security policy forbids.
config({ jitless: true })

const connection = connect()
const stores = createStores(connection)
const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
createRoot(root).render(
  <StrictMode>
    <App stores={stores} shell={connection.shell} />
  </StrictMode>,
)
