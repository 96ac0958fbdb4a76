// The parts of Apache ECharts that the report draws with. How echarts.min.js is made from this: see README.md.
import { use } from "echarts/core";
import { CustomChart, LineChart, ScatterChart } from "echarts/charts";
import { GridComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { LabelLayout } from "echarts/features";
import { CanvasRenderer, SVGRenderer } from "echarts/renderers";

use([CustomChart, LineChart, ScatterChart]);
use([GridComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent]);
use([LabelLayout, CanvasRenderer, SVGRenderer]);

export { getInstanceByDom, init } from "echarts/core";
