// The rules of the JavaScript that runs in browsers: plain scripts of one page, which see each other's names.
import js from "@eslint/js";
import globals from "globals";

const LIBRARY = "CrossSegmentationExplorer/SegmentationConcordanceLib";

export default [
  { ignores: [`${LIBRARY}/reporting/vendor/`, "**/.*", "**/build/", "demo-output/"] },
  js.configs.recommended,
  {
    rules: {
      curly: ["error", "multi-line"],
      eqeqeq: ["error", "always", { null: "ignore" }],
      "max-len": ["error", { code: 120, ignoreUrls: true }],
      "max-lines": ["error", 400],
      "max-lines-per-function": ["error", 60],
      "no-implicit-coercion": "error",
      "no-shadow": "error",
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
    },
  },
  {
    files: [`${LIBRARY}/**/*.js`],
    languageOptions: { sourceType: "script", ecmaVersion: 2023, globals: { ...globals.browser } },
    // Which names the page's scripts have together is what tsc knows.
    rules: { "no-undef": "off", "no-unused-vars": ["error", { vars: "local" }] },
  },
  {
    files: ["Testing/JavaScript/**/*.js", "eslint.config.js"],
    languageOptions: { sourceType: "module", globals: { ...globals.node } },
  },
];
