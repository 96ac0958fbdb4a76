// What the scripts of a page find there without making it themselves.
declare const echarts: any;
interface Window {
  REPORT_DATA?: any;
  REPORT_PICTURES?: string[];
  config?: any;
  MODEL_COLORS?: [string, string][];
}
