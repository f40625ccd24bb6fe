import { createRoot } from 'react-dom/client';
import Videos from './videos.tsx';

createRoot(document.body).render(<Videos />);
