package io.nimoshake.bench.report;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.Styler.YAxisPosition;

/** Draws CPU and memory over the amount of work. */
public final class Plot {
  private static final int MEMORY_AXIS = 1;

  private Plot() {}

  /**
   * Draws CPU on the left axis and memory on the right axis, over the amount of work on a
   * logarithmic axis. Both vertical axes begin at 0, so that a flat line looks flat.
   *
   * @param file the file without its suffix
   */
  public static void write(
      Path file,
      String title,
      String workTitle,
      String cpuTitle,
      List<Double> work,
      List<Double> cpu,
      List<Double> megabytes)
      throws IOException {
    XYChart chart =
        new XYChartBuilder()
            .width(720)
            .height(360)
            .title(title)
            .xAxisTitle(workTitle)
            .yAxisTitle(cpuTitle)
            .build();
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setXAxisLogarithmic(true);
    chart.getStyler().setLegendPosition(LegendPosition.OutsideS);
    chart.getStyler().setYAxisMin(0, 0.0);
    chart.getStyler().setYAxisMin(MEMORY_AXIS, 0.0);
    chart.getStyler().setYAxisMax(0, nice(cpu));
    chart.getStyler().setYAxisMax(MEMORY_AXIS, nice(megabytes));
    chart.getStyler().setYAxisGroupPosition(MEMORY_AXIS, YAxisPosition.Right);
    chart.setYAxisGroupTitle(MEMORY_AXIS, "MB");
    chart.addSeries(cpuTitle, work, cpu);
    XYSeries memory = chart.addSeries("peak resident memory, MB", work, megabytes);
    memory.setYAxisGroup(MEMORY_AXIS);
    VectorGraphicsEncoder.saveVectorGraphic(chart, file.toString(), VectorGraphicsFormat.SVG);
  }

  private static double nice(List<Double> values) {
    double most = values.stream().mapToDouble(Double::doubleValue).max().orElse(1);
    double power = Math.pow(10, Math.floor(Math.log10(most)));
    return Math.ceil(most * 1.2 / power) * power;
  }
}
