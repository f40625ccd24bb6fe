import type { Authorize } from '@videostorage/service';

/** The one thing that students are asked for. */
export const ASSIGNMENT = { contextId: 'assignment-1', title: 'Show us a place you like' };

/** Students upload for the assignment, and see what is theirs; teachers see, play and delete all, and upload nothing. */
export const classroomRights: Authorize = ({ actor, operation, contextId, record }) => {
  const isTeacher = actor.roles.includes('teacher');
  if (operation === 'upload.request') return !isTeacher && contextId === ASSIGNMENT.contextId;
  // Each video of a list is asked about by itself.
  if (operation === 'video.list') return true;
  return record !== undefined && (isTeacher || record.userId === actor.userId);
};
