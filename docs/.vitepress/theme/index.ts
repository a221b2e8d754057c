// Without the fonts of the theme: text is set in the reader's own, as on the pages of Cofactor.
import theme from 'vitepress/theme-without-fonts';
import './site.css';

export default theme;
