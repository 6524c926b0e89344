package io.nimoshake.app.program;

import java.time.Duration;
import java.util.Locale;

/** Numbers as text for people, the same in every command. */
public final class Text {
  private static final String[] UNITS = {"B", "KB", "MB", "GB", "TB", "PB"};

  private Text() {}

  /** A number with its noun: "1 table", "12,000 items". */
  public static String count(long number, String noun) {
    return String.format(Locale.ROOT, "%,d %s", number, number == 1 ? noun : plural(noun));
  }

  private static String plural(String noun) {
    return noun.endsWith("y") ? noun.substring(0, noun.length() - 1) + "ies" : noun + "s";
  }

  /** A size in decimal units: "512 B", "3.4 GB". */
  public static String bytes(long bytes) {
    double size = bytes;
    int unit = 0;
    while (size >= 1000 && unit < UNITS.length - 1) {
      size /= 1000;
      unit++;
    }
    return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", size, UNITS[unit]);
  }

  /** A duration in its two largest units: "850 ms", "12 s", "3 min 5 s", "2 h". */
  public static String duration(Duration duration) {
    if (duration.toDays() > 0) {
      return duration.toDays() + " d" + part(duration.toHoursPart(), " h");
    }
    if (duration.toHours() > 0) {
      return duration.toHours() + " h" + part(duration.toMinutesPart(), " min");
    }
    if (duration.toMinutes() > 0) {
      return duration.toMinutes() + " min" + part(duration.toSecondsPart(), " s");
    }
    return duration.toSeconds() > 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
  }

  private static String part(int number, String unit) {
    return number == 0 ? "" : " " + number + unit;
  }
}
