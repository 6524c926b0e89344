package io.nimoshake.bench.report;

import java.util.List;
import java.util.Locale;

/** Several measurements of one thing. Printed as the median, with the smallest and the largest. */
public record Spread(List<Double> values) {
  public Spread {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("no measurement");
    }
    values = values.stream().sorted().toList();
  }

  public static Spread of(double... values) {
    return new Spread(java.util.Arrays.stream(values).boxed().toList());
  }

  public double median() {
    int middle = values.size() / 2;
    return values.size() % 2 == 1
        ? values.get(middle)
        : (values.get(middle - 1) + values.get(middle)) / 2;
  }

  /** The value at a quantile: 0 is the smallest, 1 the largest. */
  public double at(double quantile) {
    return values.get((int) Math.round(quantile * (values.size() - 1)));
  }

  @Override
  public String toString() {
    String median = text(median());
    return values.size() == 1 ? median : median + " (" + text(at(0)) + "–" + text(at(1)) + ")";
  }

  /** A number with three significant digits; from 100 on without a fraction. */
  public static String text(double value) {
    if (Double.isNaN(value)) {
      return "–";
    }
    double size = Math.abs(value);
    String format = size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f";
    return String.format(Locale.ROOT, format, value);
  }
}
