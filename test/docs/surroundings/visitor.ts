import jwt from 'jsonwebtoken';

process.env.JWT_SECRET = 'a secret that only these examples know';

const user = { id: 'ann', userId: 'ann', name: 'Ann', isOperator: true, tenant: 'acme', jti: 'a-token' };
const permissions = [
  'orders:read',
  'orders:audit',
  'sse:read',
  'news:read',
  'news:write',
  'watch-streams',
  'staff',
  'rooms:read',
];

const token = jwt.sign({ ...user, permissions }, process.env.JWT_SECRET, {
  algorithm: 'HS256',
  subject: user.id,
  expiresIn: 3_600,
});

process.env.SCRAPE_TOKEN = token;

/** Who calls the routes of the examples: somebody who is signed in and may do everything. */
export const visitor = {
  token,
  /** What the application finds in `request.user`. */
  user: { ...user, permissions, exp: Math.floor(Date.now() / 1_000) + 3_600, iat: Math.floor(Date.now() / 1_000) },
  headers: {
    authorization: `Bearer ${token}`,
    cookie: `token=${token}`,
    'sec-fetch-site': 'same-origin',
    'user-agent': 'examples',
    'x-requested-with': 'fetch',
  },
  /** Has what any handler reads of a body. */
  body: {
    channel: 'load-0',
    id: 'message-1',
    name: 'Ann',
    number: 7,
    password: 'secret',
    question: 'Why?',
    room: '42',
    text: 'Why?',
    title: 'It works',
    userId: 'ann',
    messages: [{ id: '1', role: 'user', content: 'Why?', parts: [{ type: 'text', text: 'Why?' }] }],
  },
};

/** The values of parameters in paths, such as `:room`; any other is 42. */
export const pathParameters: Readonly<Record<string, string>> = {
  name: 'main.js',
  tenant: 'acme',
  user: 'ann',
  userId: 'ann',
};
