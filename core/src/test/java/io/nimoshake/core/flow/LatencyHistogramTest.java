package io.nimoshake.core.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class LatencyHistogramTest {
  private final LatencyHistogram histogram = new LatencyHistogram();

  @Test
  void aCallIsInTheFirstBucketThatIsLargeEnough() {
    long[] bounds = LatencyHistogram.boundsNanos();
    histogram.record(0);
    histogram.record(bounds[0]);
    histogram.record(bounds[0] + 1);
    histogram.record(bounds[bounds.length - 1] + 1);
    long[] counts = histogram.counts();
    assertEquals(bounds.length + 1, counts.length);
    assertEquals(2, counts[0]);
    assertEquals(1, counts[1]);
    assertEquals(1, counts[bounds.length]);
    assertEquals(4, Arrays.stream(counts).sum());
    assertEquals(2 * bounds[0] + 2 + bounds[bounds.length - 1], histogram.totalNanos());
  }
}
