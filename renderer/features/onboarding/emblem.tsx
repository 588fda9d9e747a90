import icon from '../../icon.svg'
import styles from './emblem.module.css'

export function Emblem() {
  return <img className={styles.emblem} src={icon} alt="" />
}
