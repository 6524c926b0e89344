package io.nimoshake.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher {@code bin/nimo-shake} with a Java that only prints its arguments, one a line. All
 * paths have spaces.
 */
class LauncherTest {
  private static final String JAVA =
      """
      #!/bin/sh
      for argument; do
        case $argument in
          -XX:SharedArchiveFile=*) file=${argument#*=} ;;
          -XX:SharedClassListFile=*) list=${argument#*=} ;;
          -Xshare:dump) dump=yes ;;
        esac
      done
      if [ "${dump:-}" ]; then
        printf '%s\\n' "$@" >"$file"
        cat "$list" >>"$file"
      else
        printf '%s\\n' "$@"
      fi
      """;

  private static final String LINKED = "-XX:+AOTClassLinking";
  private static final String SETPRIV = "/usr/bin/setpriv";

  @TempDir Path directory;

  private List<String> prefix = List.of();
  private Path home;
  private Path lib;
  private Path javaHome;

  @BeforeEach
  void install() throws IOException {
    home = directory.resolve("installed here/nimo shake");
    lib = Files.createDirectories(home.resolve("lib"));
    Files.createFile(lib.resolve("a.jar"));
    Files.writeString(lib.resolve("start.classlist"), "Listed\n");
    Files.writeString(lib.resolve("start24.classlist"), "Listed24\n");
    script(
        home.resolve("bin/nimo-shake"),
        Files.readString(Path.of("src/main/dist/bin/nimo-shake"), StandardCharsets.UTF_8));
    javaHome = directory.resolve("some java");
    script(javaHome.resolve("bin/java"), JAVA);
    Files.createFile(Files.createDirectories(javaHome.resolve("lib")).resolve("classlist"));
    Files.writeString(javaHome.resolve("release"), "JAVA_VERSION=\"17.0.1\"\n");
  }

  @Test
  void argumentsReachTheProgramAsTheyAre() throws Exception {
    List<String> arguments = run("plan", "--conf", "my file.conf", "");
    assertEquals(
        List.of("io.nimoshake.app.Main", "plan", "--conf", "my file.conf", ""),
        arguments.subList(arguments.size() - 5, arguments.size()));
  }

  /** The archive holds the class path as text, and is used after the installation was moved. */
  @Test
  void theClassPathIsTheSameWhereverItIsInstalled() throws Exception {
    Files.createFile(lib.resolve("nimo-shake-b.jar"));
    String classPath = classPath(run("plan"));
    home = Files.move(home, home.resolveSibling("moved"));
    assertEquals(classPath, classPath(run("plan")));
    List<String> jars =
        Stream.of(classPath.split(":")).map(jar -> Path.of(jar).getFileName().toString()).toList();
    assertEquals(List.of("nimo-shake-b.jar", "a.jar"), jars);
  }

  @Test
  void itsOwnJavaIsUsedWithItsArchive() throws Exception {
    script(home.resolve("runtime/bin/java"), JAVA.replace("printf '%s", "echo own; printf '%s"));
    Path archive = Files.createFile(lib.resolve("nimo-shake.jsa"));
    List<String> arguments = run("plan");
    assertEquals("own", arguments.get(0));
    assertTrue(arguments.contains("-XX:SharedArchiveFile=" + archive), arguments::toString);
  }

  @Test
  void aSyncWritesNothingIntoTheInstallation() throws Exception {
    run("sync", "--conf", "my.conf");
    assertEquals(List.of(), parts());
  }

  @Test
  void itSaysItsVersionWithoutJava() throws Exception {
    Files.writeString(lib.resolve("version.txt"), "1.2.3\n");
    Map<String, String> noJava = Map.of("JAVA_HOME", directory + "/nothing");
    for (String option : List.of("--version", "-version", "-V")) {
      assertEquals(List.of("nimo-shake 1.2.3"), run(noJava, option));
    }
    List<String> arguments = run("sync", "--version");
    assertEquals("--version", arguments.get(arguments.size() - 1));
  }

  /** Plug-ins are in a directory of the installation. */
  @Test
  void theProgramKnowsWhereItIsInstalled() throws Exception {
    assertTrue(run("plan").contains("-Dnimoshake.home=" + home));
  }

  @Test
  void theArchiveIsMadeOnceAndUsed() throws Exception {
    List<String> made = run("archive");
    assertEquals(List.of(only(".jsa")), made);
    assertTrue(run("plan").contains("-XX:SharedArchiveFile=" + made.get(0)));
  }

  /** It knows lines of a list that an older one does not. */
  @Test
  void theArchiveOfANewJavaHasLinkedClasses() throws Exception {
    List<String> old = Files.readAllLines(Path.of(run("archive").get(0)));
    assertEquals(List.of("Listed"), old.subList(old.size() - 1, old.size()));
    assertFalse(old.contains(LINKED), old::toString);
    Files.writeString(javaHome.resolve("release"), "JAVA_VERSION=\"24\"\n");
    List<String> linked = Files.readAllLines(Path.of(run("archive").get(0)));
    assertEquals(List.of("Listed", "Listed24"), linked.subList(linked.size() - 2, linked.size()));
    assertTrue(linked.contains(LINKED), linked::toString);
  }

  @Test
  void aJavaThatCannotLinkClassesMakesAnArchiveWithoutThat() throws Exception {
    Files.writeString(javaHome.resolve("release"), "JAVA_VERSION=\"24\"\n");
    String refuses = "case $* in *%s*) exit 1 ;; esac\n".formatted(LINKED);
    script(
        javaHome.resolve("bin/java"),
        JAVA.replaceFirst("\n", "\n" + Matcher.quoteReplacement(refuses)));
    List<String> plain = Files.readAllLines(Path.of(run("archive").get(0)));
    assertEquals(List.of("Listed"), plain.subList(plain.size() - 1, plain.size()));
  }

  /** {@code ls -l} shows another text to every one of them, and another one after six months. */
  @Test
  void theArchiveIsUsedInEveryLanguageAndPlace() throws Exception {
    String name = Path.of(run("archive").get(0)).getFileName().toString();
    home = Files.move(home, home.resolveSibling("moved"));
    lib = home.resolve("lib");
    Files.setLastModifiedTime(lib.resolve("a.jar"), FileTime.from(Instant.EPOCH));
    String used = "-XX:SharedArchiveFile=" + lib.resolve(name);
    assertTrue(run("plan").contains(used));
    assertTrue(run(Map.of("LC_ALL", "C", "TZ", "Asia/Kathmandu"), "plan").contains(used));
    Files.writeString(lib.resolve("a.jar"), "another");
    assertFalse(run("plan").contains(used));
  }

  @Test
  void anArchiveThatCannotBeMadeSaysWhy() throws Exception {
    script(javaHome.resolve("bin/java"), "#!/bin/sh\nexit 1\n");
    assertEquals(
        "nimo-shake: the archive could not be created: %s failed, or %s has no space"
            .formatted(javaHome.resolve("bin/java"), lib),
        refused("archive"));
    assertEquals(List.of(), parts());
    Files.delete(javaHome.resolve("release"));
    assertEquals(
        "nimo-shake: no archive can be created: there is no %s, which identifies Java"
            .formatted(javaHome.resolve("release")),
        refused("archive"));
    Files.writeString(javaHome.resolve("release"), "JAVA_VERSION=\"17.0.1\"\n");
    asAnotherUser();
    allow(lib, "r-xr-xr-x");
    assertEquals(
        "nimo-shake: the archive cannot be created: %s is not writable".formatted(lib),
        refused("archive"));
  }

  /** Such a process cannot be signalled. */
  @Test
  void theArchiveThatAnotherUserMakesIsKept() throws Exception {
    asAnotherUser();
    allow(lib, "rwxrwxrwx");
    String first = "1";
    Path underWay = Files.createFile(lib.resolve("start-1-1.jsa." + first));
    run("archive");
    assertTrue(Files.exists(underWay));
  }

  @Test
  void anInterruptedArchiveIsRemovedByTheNext() throws Exception {
    Process over = new ProcessBuilder("true").start();
    over.waitFor();
    Path left = Files.createFile(lib.resolve("start-1-1.jsa." + over.pid()));
    Path list = Files.createFile(lib.resolve("start-1-1.jsa." + over.pid() + ".list"));
    Path underWay = Files.createFile(lib.resolve("start-1-1.jsa." + ProcessHandle.current().pid()));
    run("archive");
    assertFalse(Files.exists(left));
    assertFalse(Files.exists(list));
    assertTrue(Files.exists(underWay));
  }

  @Test
  void helpOnTheArchiveMakesNone() throws Exception {
    List<String> arguments = run("archive", "--help");
    assertEquals(
        List.of("archive", "--help"), arguments.subList(arguments.size() - 2, arguments.size()));
    assertEquals(List.of(), parts());
  }

  @Test
  void theHeapIsBoundByWhatTheSyncNeeds() throws Exception {
    Path conf =
        Files.writeString(directory.resolve("my file.conf"), "id = a\n memory.budget=16m\n");
    assertEquals("-Xmx512m", heap(Map.of()));
    assertEquals("-Xmx288m", heap(Map.of(), "-conf=" + conf));
    assertEquals("-Xmx288m", heap(Map.of(), "sync", "--conf", conf.toString()));
    Map<String, String> environment = Map.of("NIMO_SHAKE_MEMORY_BUDGET", "32768k");
    assertEquals("-Xmx320m", heap(environment, "sync", "--conf=" + conf));
    String[] set = {"sync", "--conf", conf.toString(), "--set", "memory.budget=67108864"};
    assertEquals("-Xmx384m", heap(environment, set));
    assertEquals("-Xmx384m", heap(environment, "sync", "--set=memory.budget=64m"));
    assertEquals("-Xmx512m", heap(Map.of(), "--set", "memory.budget=much"));
    assertEquals("-Xmx434m", heap(Map.of(), "--set", "memory.budget=089m"));
  }

  private String heap(Map<String, String> environment, String... arguments) throws Exception {
    return run(environment, arguments).stream()
        .filter(argument -> argument.startsWith("-Xmx"))
        .findFirst()
        .orElse("none");
  }

  /** The serial collector of a newer Java needs more room for new objects. */
  @Test
  void theHeapFitsTheCollectorOfThisJava() throws Exception {
    assertTrue(run("plan").contains("-Xmn16m"));
    Files.writeString(javaHome.resolve("release"), "JAVA_VERSION=\"25.0.1\"\n");
    assertTrue(run("plan").contains("-Xmn32m"));
    script(home.resolve("runtime/bin/java"), JAVA);
    Path release = home.resolve("runtime/release");
    Files.writeString(release, "JAVA_VERSION=\"21.0.1\"\n");
    assertTrue(run("plan").contains("-Xmn16m"));
    Files.writeString(release, "JAVA_VERSION=\"25\"\n");
    assertTrue(run("plan").contains("-Xmn32m"));
    Files.delete(release);
    assertTrue(run("plan").contains("-Xmn16m"));
  }

  @Test
  void whatTheUserSaysAboutTheHeapCounts() throws Exception {
    for (String option : List.of("-Xmx64m", "-XX:MaxRAMPercentage=60", "-XX:MaxHeapSize=64m")) {
      List<String> arguments = run(Map.of("NIMO_SHAKE_OPTS", option), "plan");
      List<String> heap =
          arguments.stream().filter(a -> a.matches("-Xm.*|.*(RAM|HeapSize).*")).toList();
      assertEquals(List.of(option), heap);
    }
  }

  /** Java refuses two collectors. */
  @Test
  void whatTheUserSaysAboutTheCollectorCounts() throws Exception {
    assertTrue(run("plan").contains("-XX:+UseSerialGC"));
    List<String> arguments = run(Map.of("JAVA_OPTS", "-XX:+UseZGC"), "plan");
    assertTrue(arguments.contains("-XX:+UseZGC"));
    assertFalse(arguments.contains("-XX:+UseSerialGC"));
  }

  /** Java takes the last of two. */
  @Test
  void theOptionsOfTheUserComeLast() throws Exception {
    List<String> arguments = run(Map.of("NIMO_SHAKE_OPTS", "-XX:TieredStopAtLevel=4"), "plan");
    assertTrue(
        arguments.indexOf("-XX:TieredStopAtLevel=1")
            < arguments.indexOf("-XX:TieredStopAtLevel=4"));
  }

  @Test
  void theServersOfTheDemoMayBeAnywhere() throws Exception {
    assertTrue(
        run(Map.of("NIMO_SHAKE_SERVERS", directory + "/test kit"), "demo")
            .contains("-Dnimoshake.servers=" + directory + "/test kit"));
  }

  private static String classPath(List<String> arguments) {
    return arguments.get(arguments.indexOf("-cp") + 1);
  }

  private String only(String ending) throws IOException {
    List<Path> found = parts();
    assertEquals(1, found.size(), found::toString);
    assertTrue(found.get(0).toString().endsWith(ending), found::toString);
    return found.get(0).toString();
  }

  private List<Path> parts() throws IOException {
    try (Stream<Path> files = Files.list(lib)) {
      return files.filter(file -> file.getFileName().toString().startsWith("start-")).toList();
    }
  }

  private List<String> run(String... arguments) throws Exception {
    return run(Map.of(), arguments);
  }

  /** From now on, nobody who may signal the first process of the machine runs the launcher. */
  private void asAnotherUser() throws IOException {
    if (!System.getProperty("user.name").equals("root")) {
      return;
    }
    assumeTrue(Files.isExecutable(Path.of(SETPRIV)), "setpriv is not there");
    prefix = List.of(SETPRIV, "--reuid=65534", "--regid=65534", "--clear-groups");
    allow(directory, "rwxr-xr-x");
  }

  private static void allow(Path path, String mode) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  /** Runs the launcher, which must end with exit code 3, and returns its one line. */
  private String refused(String... arguments) throws Exception {
    List<String> lines = new ArrayList<>();
    assertEquals(3, run(Map.of(), lines, arguments), lines::toString);
    assertEquals(1, lines.size(), lines::toString);
    return lines.get(0);
  }

  private List<String> run(Map<String, String> environment, String... arguments) throws Exception {
    List<String> lines = new ArrayList<>();
    assertEquals(0, run(environment, lines, arguments), lines::toString);
    return lines;
  }

  private int run(Map<String, String> environment, List<String> lines, String... arguments)
      throws Exception {
    List<String> command = new ArrayList<>(prefix);
    command.add(home.resolve("bin/nimo-shake").toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("NIMO_SHAKE_"));
    for (String options : List.of("JAVA_OPTS", "JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS")) {
      builder.environment().remove(options);
    }
    builder.environment().put("JAVA_HOME", javaHome.toString());
    builder.environment().putAll(environment);
    Process process = builder.start();
    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
        .lines()
        .forEach(lines::add);
    return process.waitFor();
  }

  private static void script(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    allow(file, "rwxr-xr-x");
  }
}
