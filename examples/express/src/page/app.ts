import '@videostorage/player/element';
import '@videostorage/uploader/element';

document.addEventListener('upload-ready', ({ detail }) => {
  document.querySelector('video-storage-player')?.setAttribute('video-id', detail.video.videoId);
});
