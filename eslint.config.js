import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Imports go down this list only (docs/architecture.md). `verify` stands alone. */
const layers = [
  'cli',
  'tools',
  'server',
  'cluster',
  'engine',
  'scripting',
  'commands',
  'log',
  'store',
  'keyspace',
  'rdb',
  'resp',
  'environment',
];

/** Beside the layers: only `cli` and each other may know of them. */
const apart = ['simulation', 'workload', 'verify'];

const layerRules = layers.map((layer, index) => ({
  files: [`src/${layer}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            regex: `^\\.\\./(${[...layers.slice(0, index), ...(layer === 'cli' ? [] : apart)].join('|') || 'nothing'})/`,
            message: `src/${layer} may import only the layers below it (docs/architecture.md).`,
          },
        ],
      },
    ],
  },
}));

/** Files that reach for the machine; all else below `server` takes time, chance and I/O from its environment. */
const edges = ['src/environment/system.ts', 'src/store/s3/**/*.ts', 'src/store/file/**/*.ts'];

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', 'node_modules/', 'valthree-data/'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      'max-lines': ['error', { max: 500 }],
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  ...layerRules,
  {
    files: ['src/{resp,rdb,keyspace,log,commands,engine,cluster,scripting,store,environment,verify}/**/*.ts'],
    ignores: edges,
    rules: {
      'no-restricted-globals': [
        'error',
        ...['process', 'setTimeout', 'setInterval', 'setImmediate', 'performance', 'fetch'].map((name) => ({
          name,
          message: 'Take it from the injected environment (src/environment/environment.ts).',
        })),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Use environment.clock.' },
        { object: 'Math', property: 'random', message: 'Use environment.random.' },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'ImportDeclaration[source.value=/^node:/]', message: 'I/O belongs to the edges.' },
      ],
    },
  },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: { 'no-console': 'off', '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  { files: ['**/*.js'], ...tseslint.configs.disableTypeChecked },
);
