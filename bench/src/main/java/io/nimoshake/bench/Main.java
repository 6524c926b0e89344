package io.nimoshake.bench;

import io.nimoshake.bench.micro.MicroPart;
import io.nimoshake.bench.report.Goal;
import io.nimoshake.bench.report.Machine;
import io.nimoshake.bench.report.Report;
import io.nimoshake.bench.whole.Bench;
import io.nimoshake.bench.whole.CopyPart;
import io.nimoshake.bench.whole.LagPart;
import io.nimoshake.bench.whole.RealCopyPart;
import io.nimoshake.bench.whole.ScalingPart;
import io.nimoshake.bench.whole.StartUpPart;
import io.nimoshake.bench.whole.StreamPart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The benchmark suite, as {@code ./nimo-shake-bench} starts it. */
@Command(
    name = "nimo-shake-bench",
    description = {
      "Measures what nimo-shake costs, next to other ways to do the same, and writes a Markdown"
          + " table. Everything runs on this machine; nothing leaves it.",
      "",
      "Parts, in this order; without any, all of them run, for 20 to 25 minutes on two cores:",
      "  copy      between canned endpoints, where the program sets the pace",
      "  real      from DynamoDB Local to mongo-java-server, compared item by item afterwards",
      "  stream    changes a second over 1, 8 and 64 shards, canned endpoints",
      "  lag       of each change under steady load from DynamoDB Local",
      "  restart   kill -9 to caught up",
      "  items     cost of a copy as items become more",
      "  tables    cost of a copy as tables become more",
      "  shards    cost of a stream as shards become more",
      "  startup   --version, and time to the first Scan",
      "  micro     single steps, by JMH",
      ""
    },
    footer = {
      "",
      "A peer's FILE is copied before it is used: id, source, target and sync_mode are replaced,",
      "{table} becomes the table's name, all else stays.",
      "",
      "Exit codes: 0 done, 1 a ratio was missed with --assert, 2 wrong command line, 3 it failed."
    },
    usageHelpWidth = 100,
    sortOptions = false)
public final class Main implements Callable<Integer> {
  /** What can be run by itself. */
  enum Part {
    COPY,
    REAL,
    STREAM,
    LAG,
    RESTART,
    ITEMS,
    TABLES,
    SHARDS,
    STARTUP,
    MICRO
  }

  private static final String BEGIN = "<!-- results: written by nimo-shake-bench -->";
  private static final String END = "<!-- end of results -->";

  @Spec private CommandLine.Model.CommandSpec spec;

  @Parameters(arity = "0..*", paramLabel = "PART", description = "which parts; all without any")
  private List<String> parts = List.of();

  @Option(
      names = "--quick",
      description = "a tenth of the work, once, in under four minutes: to see it run")
  private boolean quick;

  @Option(
      names = "--peer",
      paramLabel = "\"CMD -conf=FILE\"",
      description = "compare the copies with another tool, which is started by this command")
  private String peer;

  @Option(
      names = "--assert",
      description = "end with 1 if a ratio of things that ran in turn is not what it should be")
  private boolean assertRatios;

  @Option(
      names = "--profile",
      description = "leave a JFR recording of every run of nimo-shake among the results")
  private boolean profile;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "where the results go; default: bench/target/results")
  private Path directory = Path.of("bench", "target", "results");

  @Option(
      names = "--docs",
      paramLabel = "FILE",
      description =
          "also put the results into this page, between its marks, and pictures beside it")
  private Path docs;

  @Option(names = "--help", usageHelp = true, description = "this text")
  private boolean help;

  public static void main(String[] arguments) {
    CommandLine commandLine = new CommandLine(new Main());
    commandLine.setParameterExceptionHandler(
        (exception, given) -> {
          System.err.println("nimo-shake-bench: " + exception.getMessage());
          return 2;
        });
    commandLine.setExecutionExceptionHandler(
        (exception, command, parsed) -> {
          exception.printStackTrace();
          return 3;
        });
    System.exit(commandLine.execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    Set<Part> wanted = wanted();
    checkFiles();
    Files.createDirectories(directory);
    Report report = new Report(System.out);
    Bench bench = new Bench(report, quick, Optional.ofNullable(peer), directory, profile);
    report.paragraph(
        Machine.line()
            + (quick ? " Quick: a tenth of the work, once; not to be compared with." : ""));
    bench.settle();
    for (Part part : wanted) {
      run(part, bench);
      report.write(directory.resolve("benchmarks.md"));
    }
    report.goals();
    report.write(directory.resolve("benchmarks.md"));
    if (docs != null) {
      putIntoDocs(report);
    }
    System.out.println("Results: " + directory.resolve("benchmarks.md"));
    if (assertRatios && !report.missed().isEmpty()) {
      for (Goal goal : report.missed()) {
        System.err.println("missed: " + goal.text());
      }
      return 1;
    }
    return 0;
  }

  private Set<Part> wanted() {
    Set<Part> wanted = EnumSet.noneOf(Part.class);
    for (String name : parts) {
      wanted.add(
          Stream.of(Part.values())
              .filter(part -> part.name().equalsIgnoreCase(name))
              .findFirst()
              .orElseThrow(() -> wrong(name + " is no part; --help lists them")));
    }
    return wanted.isEmpty() ? EnumSet.allOf(Part.class) : wanted;
  }

  private void checkFiles() throws IOException {
    if (peer != null) {
      Path conf =
          Bench.confOf(peer)
              .orElseThrow(
                  () ->
                      wrong(
                          "--peer "
                              + peer
                              + " names no file: one of its words is to be -conf=FILE"));
      if (!Files.isReadable(conf)) {
        throw wrong("--peer " + peer + ": there is no file " + conf);
      }
    }
    if (docs != null && !(Files.isReadable(docs) && Files.readString(docs).contains(BEGIN))) {
      throw wrong("--docs " + docs + ": no such file, or without the line " + BEGIN);
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private static void run(Part part, Bench bench) throws Exception {
    switch (part) {
      case COPY -> new CopyPart(bench).run();
      case REAL -> new RealCopyPart(bench).run();
      case STREAM -> new StreamPart(bench).run();
      case LAG -> new LagPart(bench).lag();
      case RESTART -> new LagPart(bench).restart();
      case ITEMS -> new ScalingPart(bench).items();
      case TABLES -> new ScalingPart(bench).tables();
      case SHARDS -> new ScalingPart(bench).shards();
      case STARTUP -> new StartUpPart(bench).run();
      case MICRO -> new MicroPart(bench.report(), bench.quick(), bench.directory()).run();
    }
  }

  private void putIntoDocs(Report report) throws IOException {
    String page = Files.readString(docs);
    int from = page.indexOf(BEGIN) + BEGIN.length();
    int to = page.indexOf(END, from);
    Files.writeString(docs, page.substring(0, from) + "\n\n" + report.text() + page.substring(to));
    try (Stream<Path> found = Files.list(directory)) {
      for (Path picture : found.filter(file -> file.toString().endsWith(".svg")).toList()) {
        Files.copy(
            picture,
            docs.resolveSibling(picture.getFileName().toString()),
            StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }
}
