// First: zod must not try to evaluate text under the page's content policy.
import '../shared/no-eval.ts'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { connect } from './api/connect.ts'
import { App } from './app.tsx'
import { refuseDrops } from './features/frame/refuse-drops.ts'
import { keepPlace } from './stores/place-keeper.ts'
import { createStores } from './stores/stores.ts'
import './styles/tokens.css'
import './styles/base.css'

refuseDrops(window)
const connection = connect()
const stores = createStores(connection)
keepPlace(
  stores,
  () => sessionStorage,
  (error) => stores.loadFailure.setState({ error }),
)
const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
createRoot(root).render(
  <StrictMode>
    <App stores={stores} shell={connection.shell} />
  </StrictMode>,
)
