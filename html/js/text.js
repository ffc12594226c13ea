// text: what the pages say, in Korean and English.

const words = {
  auctions: ["경매", "Auctions"],
  all: ["전체", "All"],
  live: ["진행 중", "Live"],
  scheduled: ["예정", "Scheduled"],
  ended: ["종료", "Ended"],
  lobby: ["대기실", "Lobby"],
  paused: ["일시 중지", "Paused"],
  draft: ["준비 중", "Draft"],
  ending: ["마감 중", "Ending"],
  settled: ["정산 완료", "Settled"],
  cancelled: ["취소됨", "Cancelled"],
  aborted: ["중단됨", "Aborted"],
  archived: ["보관됨", "Archived"],
  team_draft: ["팀장 경매", "Team draft"],
  mode_live: ["라이브 경매", "Live sale"],
  timed: ["기간 경매", "Timed sale"],
  queued: ["대기", "Queued"],
  open: ["입찰 중", "Open"],
  frozen: ["보류", "On hold"],
  sold: ["낙찰", "Sold"],
  unsold: ["유찰", "Unsold"],
  withdrawn: ["철회", "Withdrawn"],
  voided: ["무효", "Voided"],
  login: ["로그인", "Log in"],
  logout: ["로그아웃", "Log out"],
  register: ["가입", "Sign up"],
  identifier: ["이메일, 아이디 또는 전화번호", "E-mail, user name or phone"],
  email: ["이메일", "E-mail"],
  name: ["이름", "Name"],
  password: ["비밀번호", "Password"],
  cancel: ["취소", "Cancel"],
  bid: ["입찰", "Bid"],
  bid_with: ["%s 입찰", "Bid %s"],
  amount: ["금액", "Amount"],
  price: ["현재가", "Price"],
  base_price: ["시작가", "Base price"],
  min_next: ["최소 입찰가", "Next bid"],
  leader: ["최고 입찰자", "Leading"],
  nobody: ["아직 없음", "Nobody yet"],
  bids: ["%s회 입찰", "%s bids"],
  teams: ["팀", "Teams"],
  lots: ["출품", "Lots"],
  history: ["기록", "History"],
  chat: ["채팅", "Chat"],
  older: ["이전 메시지", "Older"],
  line_deleted: ["삭제된 메시지입니다", "Deleted"],
  write_line: ["메시지 입력", "Say something"],
  send: ["보내기", "Send"],
  delete: ["삭제", "Delete"],
  chat_login: ["로그인하면 채팅할 수 있습니다", "Log in to chat"],
  viewers: ["%s명 시청 중", "%s watching"],
  available: ["보유", "Left"],
  max_bid: ["최대", "Max"],
  roster: ["로스터", "Roster"],
  waiting_result: ["결과를 기다리는 중", "Waiting for the result"],
  no_lot: ["진행 중인 물품이 없습니다", "Nothing is on the block"],
  none: ["경매가 없습니다", "There are no auctions"],
  you_lead: ["최고 입찰자입니다!", "You are leading!"],
  outbid: ["더 높은 입찰이 나왔습니다", "You have been outbid"],
  login_to_bid: ["입찰하려면 로그인하세요", "Log in to bid"],
  placed: ["입찰되었습니다: %s", "Your bid stands: %s"],
  connecting: ["연결 중…", "Connecting…"],
  connected: ["연결됨", "Connected"],
  lost: ["연결 끊김, 다시 연결합니다", "Connection lost, reconnecting"],
  next_lot: ["다음 물품", "Next lot"],
  hammer: ["낙찰 확정", "Hammer"],
  pause: ["일시 중지", "Pause"],
  resume: ["재개", "Resume"],
  start: ["시작", "Start"],
  end: ["종료", "End"],
  host: ["진행자", "Host"],
  sold_to: ["%s 낙찰 · %s", "Sold to %s · %s"],
  starts: ["시작 %s", "Starts %s"],
  ends: ["마감 %s", "Ends %s"],
  more: ["더 보기", "More"],
  retry: ["다시 시도", "Try again"],
  not_found: ["찾을 수 없습니다", "Not found"],
  confirm_end: ["경매를 종료할까요?", "End the auction?"],
  calendar: ["캘린더", "Calendar"],
  mine: ["내 일정", "Mine"],
  follow: ["캘린더 구독 (iCal)", "Follow (iCal)"],
  times_in: ["시간대: %s", "Times are in %s"],
  overlaps: ["겹치는 일정: %s", "Overlaps %s"],
  decorate: ["꾸미기", "Decorate"],
  decorated: ["꾸몄습니다: %s 포인트", "Decorated for %s points"],
  icon_points: ["아이콘 포인트", "Icon points"],
  auction: ["경매", "Auction"],
  icon: ["아이콘", "Icon"],
  color: ["색", "Color"],
  label: ["라벨", "Label"],
  costs: ["%s 포인트", "Costs %s points"],
  watch: ["관심", "Watch"],
  watched: ["관심 목록", "Watchlist"],
  overlay_off: ["오버레이 토큰이 유효하지 않습니다", "This overlay link is not valid"],
};

const saved = () => {
  try {
    return localStorage.getItem("gavel.locale");
  } catch {
    return null;
  }
};

export const locale =
  new URLSearchParams(location.search).get("lang") ||
  saved() ||
  (navigator.language.startsWith("ko") ? "ko" : "en");

document.documentElement.lang = locale;

/** The text of a key in the reader's language; %s are filled in order. */
export function t(key, ...values) {
  const row = words[key];

  if (!row) {
    return key;
  }

  return row[locale === "ko" ? 0 : 1].replace(/%s/g, () => values.shift());
}

/** Switches the language for good. */
export function setLocale(code) {
  localStorage.setItem("gavel.locale", code);
  location.reload();
}

const scale = { KRW: 0, JPY: 0, AP: 0 };

/** An amount in minor units as people of this currency write it. */
export function money(amount, currency) {
  if (amount === null || amount === undefined) {
    return "–";
  }

  if (currency === "AP") {
    return `${amount.toLocaleString(locale)} P`;
  }

  const digits = scale[currency] ?? 2;

  return new Intl.NumberFormat(locale, {
    style: "currency",
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(amount / 10 ** digits);
}

/** Minutes and seconds left; tenths in the last ten seconds. */
export function remaining(ms) {
  if (ms >= 86_400_000) {
    const days = Math.floor(ms / 86_400_000);
    const hours = Math.floor((ms % 86_400_000) / 3_600_000);

    return locale === "ko" ? `${days}일 ${hours}시간` : `${days}d ${hours}h`;
  }

  const s = Math.floor(ms / 1000);
  const pad = (n) => String(n).padStart(2, "0");

  if (s >= 3600) {
    return `${Math.floor(s / 3600)}:${pad(Math.floor((s % 3600) / 60))}:${pad(s % 60)}`;
  }

  if (ms < 10_000) {
    return (Math.max(0, ms) / 1000).toFixed(1);
  }

  return `${Math.floor(s / 60)}:${pad(s % 60)}`;
}

/** A date and time of day, short. */
export function when(iso) {
  return new Date(iso).toLocaleString(locale, {
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
  });
}
