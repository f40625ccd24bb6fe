/**
 * The user id with which the classroom itself deletes replaced videos; in the history it is no person. No person can have
 * it, since their ids begin with `student:`, `teacher:` or `administrator:`.
 */
export const CLASSROOM_USER_ID = 'classroom:Classroom';
