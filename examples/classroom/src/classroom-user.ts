/**
 * The id under which the classroom itself deletes what was replaced: in the history it stands for nobody. No person can have it,
 * since theirs begin with `student:`, `teacher:` or `administrator:`.
 */
export const CLASSROOM_USER_ID = 'classroom:Classroom';
