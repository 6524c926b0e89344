package io.nimoshake.bench;

import io.nimoshake.bench.micro.MicroPart;
import io.nimoshake.bench.report.Goal;
import io.nimoshake.bench.report.Machine;
import io.nimoshake.bench.report.Report;
import io.nimoshake.bench.whole.BackPart;
import io.nimoshake.bench.whole.Bench;
import io.nimoshake.bench.whole.CopyPart;
import io.nimoshake.bench.whole.ExportPart;
import io.nimoshake.bench.whole.FollowPart;
import io.nimoshake.bench.whole.LagPart;
import io.nimoshake.bench.whole.MappingPart;
import io.nimoshake.bench.whole.MemoryPart;
import io.nimoshake.bench.whole.RealCopyPart;
import io.nimoshake.bench.whole.ScalingPart;
import io.nimoshake.bench.whole.SoakPart;
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

/** The benchmark suite. {@code ./nimo-shake-bench} starts it. */
@Command(
    name = "nimo-shake-bench",
    description = {
      "Measures what nimo-shake costs, compares it with other ways to do the same, and writes a"
          + " Markdown page. Everything runs on this machine.",
      "",
      "Parts. They run in this order. Without a part, all but soak run; that takes about an hour",
      "on two cores:",
      "  copy      a copy between canned endpoints: the program is the bottleneck",
      "  mapping   a copy with a mapping, against one without, canned endpoints",
      "  export    a copy from the files of an export, against a plain program and gunzip",
      "  real      a copy from DynamoDB Local to mongo-java-server, then compared item by item",
      "  stream    changes a second with 1, 8 and 64 shards, canned endpoints",
      "  lag       the lag of each change at a steady rate, from DynamoDB Local",
      "  back      lag and throughput of the way back from MongoDB, beside the way forward",
      "  idle      what it costs to follow three tables in which nothing happens",
      "  trickle   what it costs to follow 10, 100 and 2,000 changes a second",
      "  restart   the time from kill -9 until the lag is small again",
      "  items     the cost of a copy with more and more items",
      "  tables    the cost of a copy with more and more tables",
      "  shards    the cost of following with more and more shards",
      "  memory    the memory of a copy, and of following three tables",
      "  start     the time from the start to the first document, and a short copy",
      "  micro     single steps, measured with JMH",
      "  soak      half an hour of a trickle with roll-overs of shards: memory and threads",
      ""
    },
    footer = {
      "",
      "The FILE of a peer is copied before it is used. In the copy, id, source, target, sync_mode"
          + " and",
      "the address of the checkpoint are replaced, and {table} becomes the names of the tables.",
      "",
      "Exit codes: 0 done, 1 a goal was missed with --assert, 2 wrong command line, 3 a part"
          + " failed."
    },
    usageHelpWidth = 100,
    sortOptions = false)
public final class Main implements Callable<Integer> {
  /** A part that can run by itself. */
  enum Part {
    COPY,
    MAPPING,
    EXPORT,
    REAL,
    STREAM,
    LAG,
    BACK,
    IDLE,
    TRICKLE,
    RESTART,
    ITEMS,
    TABLES,
    SHARDS,
    MEMORY,
    START,
    MICRO,
    SOAK
  }

  private static final String BEGIN = "<!-- results: written by nimo-shake-bench -->";
  private static final String END = "<!-- end of results -->";

  @Spec private CommandLine.Model.CommandSpec spec;

  @Parameters(
      arity = "0..*",
      paramLabel = "PART",
      description = "The parts to run. Default: all but soak.")
  private List<String> parts = List.of();

  @Option(
      names = "--quick",
      description = "Do a tenth of the work, once: to see it run. Takes less than eight minutes.")
  private boolean quick;

  @Option(
      names = "--peer",
      paramLabel = "\"CMD -conf=FILE\"",
      description = "Compare copying and following with another tool. This command starts it.")
  private String peer;

  @Option(names = "--assert", description = "End with exit code 1 if a ratio misses its goal.")
  private boolean assertRatios;

  @Option(
      names = "--profile",
      description = "Leave a JFR recording of every run of nimo-shake beside the results.")
  private boolean profile;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "The directory for the results. Default: bench/target/results.")
  private Path directory = Path.of("bench", "target", "results");

  @Option(
      names = "--docs",
      paramLabel = "FILE",
      description =
          "Also write the results into this page, between its two marks, and pictures beside it.")
  private Path docs;

  @Option(names = "--help", usageHelp = true, description = "Show this text.")
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
            + (quick ? " Quick: a tenth of the work, once. Do not compare these numbers." : ""));
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
              .orElseThrow(() -> wrong("there is no part " + name + "; --help lists them")));
    }
    return wanted.isEmpty() ? EnumSet.complementOf(EnumSet.of(Part.SOAK)) : wanted;
  }

  private void checkFiles() throws IOException {
    if (peer != null) {
      Path conf =
          Bench.confOf(peer)
              .orElseThrow(
                  () -> wrong("--peer " + peer + ": no word of it has the form -conf=FILE"));
      if (!Files.isReadable(conf)) {
        throw wrong("--peer " + peer + ": there is no file " + conf);
      }
    }
    if (docs != null && !(Files.isReadable(docs) && Files.readString(docs).contains(BEGIN))) {
      throw wrong("--docs " + docs + ": the file does not exist, or it has no line " + BEGIN);
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private static void run(Part part, Bench bench) throws Exception {
    switch (part) {
      case COPY -> new CopyPart(bench).run();
      case MAPPING -> new MappingPart(bench).run();
      case EXPORT -> new ExportPart(bench).run();
      case REAL -> new RealCopyPart(bench).run();
      case STREAM -> new StreamPart(bench).run();
      case LAG -> new LagPart(bench).lag();
      case BACK -> new BackPart(bench).run();
      case IDLE -> new FollowPart(bench).idle();
      case TRICKLE -> new FollowPart(bench).trickle();
      case RESTART -> new LagPart(bench).restart();
      case ITEMS -> new ScalingPart(bench).items();
      case TABLES -> new ScalingPart(bench).tables();
      case SHARDS -> new ScalingPart(bench).shards();
      case MEMORY -> new MemoryPart(bench).run();
      case START -> new StartUpPart(bench).run();
      case MICRO -> new MicroPart(bench.report(), bench.quick(), bench.directory()).run();
      case SOAK -> new SoakPart(bench).run();
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
