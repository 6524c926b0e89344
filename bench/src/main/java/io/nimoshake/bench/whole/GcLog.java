package io.nimoshake.bench.whole;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the log of a JVM's garbage collector says about its heap.
 *
 * @param allocatedBytes what is in the heap before a collection and was not there after the one
 *     before
 * @param mostKeptBytes the largest heap after a full collection. Other collections leave garbage
 *     behind: if there was no full one, this says how much at most was kept.
 */
record GcLog(long allocatedBytes, long mostKeptBytes) {
  private static final Pattern COLLECTION = Pattern.compile("Pause (\\w+).* (\\d+)M->(\\d+)M\\(");
  private static final Pattern AT_EXIT = Pattern.compile("gc,heap,exit.* used (\\d+)K");

  /** The option that makes a JVM write this log. */
  static String option(Path file) {
    return "-Xlog:gc,gc+heap+exit:file=" + file + ":tags";
  }

  static GcLog read(Path file) throws IOException {
    long allocated = 0;
    long after = 0;
    long mostAfterAny = 0;
    long mostAfterFull = 0;
    for (String line : Files.readAllLines(file)) {
      Matcher collection = COLLECTION.matcher(line);
      Matcher exit = AT_EXIT.matcher(line);
      if (collection.find()) {
        allocated += (Long.parseLong(collection.group(2)) << 20) - after;
        after = Long.parseLong(collection.group(3)) << 20;
        mostAfterAny = Math.max(mostAfterAny, after);
        if (collection.group(1).equals("Full")) {
          mostAfterFull = Math.max(mostAfterFull, after);
        }
      } else if (exit.find() && !line.contains("Metaspace") && !line.contains("class space")) {
        allocated += Math.max(0, (Long.parseLong(exit.group(1)) << 10) - after);
        break;
      }
    }
    return new GcLog(allocated, mostAfterFull > 0 ? mostAfterFull : mostAfterAny);
  }
}
