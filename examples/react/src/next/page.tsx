'use client';
export { default } from '../page/videos.tsx';
