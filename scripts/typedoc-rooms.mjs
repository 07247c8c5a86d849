// Has the API reference call entries as one imports them, and put what they export under the words of the guides: by the
// room of the library that it stands in, so that nothing has to be said beside it.
import { Comment, CommentTag, Converter, ReflectionKind } from 'typedoc';

const PACKAGE = 'nestjs-event-stream';
/** Their order is in typedoc.json. */
const CATEGORIES = {
  '': 'The module',
  options: 'Options',
  streaming: 'Streams',
  protocol: 'Events',
  channels: 'Channels and publishing',
  connections: 'Connections',
  security: 'Security',
  monitoring: 'Monitoring',
  lifecycle: 'Shutdown',
  backplane: 'Writing a backplane',
};

export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const entry of project.getReflectionsByKind(ReflectionKind.Module)) {
      if (entry.name === 'index') for (const exported of entry.children ?? []) categorize(exported);
      entry.name = entry.name === 'index' ? PACKAGE : `${PACKAGE}/${entry.name}`;
    }
  });
}

function categorize(exported) {
  const file = exported.project.getSymbolIdFromReflection(exported)?.fileName ?? '';
  const [, room = ''] = /\/src\/([a-z]+)\//.exec(file) ?? [];
  const category = CATEGORIES[room];
  if (category === undefined) return;
  exported.comment ??= new Comment();
  exported.comment.blockTags.push(new CommentTag('@category', [{ kind: 'text', text: category }]));
}
