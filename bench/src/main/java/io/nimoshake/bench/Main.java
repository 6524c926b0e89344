package io.nimoshake.bench;

import io.nimoshake.bench.report.Report;
import io.nimoshake.bench.whole.Bench;
import io.nimoshake.bench.whole.CopyPart;
import java.nio.file.Path;
import java.util.Optional;

public final class Main {
  public static void main(String[] a) throws Exception {
    new CopyPart(
            new Bench(
                new Report(System.out),
                a.length > 0,
                Optional.empty(),
                Path.of("/tmp/benchout"),
                a.length > 1))
        .run();
  }
}
