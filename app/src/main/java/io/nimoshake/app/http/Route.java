package io.nimoshake.app.http;

import java.io.IOException;

/**
 * How a path is answered.
 *
 * @param method GET, which HEAD is too, or POST
 * @param open whether it is answered without the token: it shows no data of the sync
 * @param json whether its answers, and so its errors, are JSON
 */
record Route(String method, boolean open, boolean json, Handler handler) {
  /** Answers a request. */
  interface Handler {
    void answer(Exchange exchange) throws IOException, HttpError;
  }

  static Route json(Handler handler) {
    return new Route("GET", false, true, handler);
  }

  static Route text(Handler handler) {
    return new Route("GET", false, false, handler);
  }

  static Route post(Handler handler) {
    return new Route("POST", false, true, handler);
  }

  Route openToAll() {
    return new Route(method, true, json, handler);
  }

  /** The methods that are allowed, for the header Allow. */
  String allow() {
    return method.equals("GET") ? "GET, HEAD" : method;
  }
}
