import type { Translation } from './texts.ts';

/** Japanese, in です and ます. It has no plural. */
export const texts: Translation = {
  loading: 'しばらくお待ちください…',
  working: '処理しています…',
  retry: 'もう一度試す',
  back: '戻る',
  cancel: 'キャンセル',
  continue: '次へ',
  continueTo: '{path} へ進む',
  show: '表示',
  hide: '非表示',
  empty: '入力してください。',
  goesOn: '入力が終わると自動で次に進みます。',
  triesLeft: 'あと {count} 回お試しいただけます。',
  momentAgo: 'たった今',
  copied: 'コピーしました',
  copyFailed: 'コピーできませんでした。テキストを選択してコピーしてください。',

  'identifier.label': 'ユーザー名',
  'identifier.empty': 'ユーザー名を入力してください。',

  'signIn.title': 'ログイン',
  'signIn.lead': '{product} に進みます。',
  'signIn.submit': 'ログイン',
  'signIn.with': '代わりに使う: {name}',
  'signIn.new': '初めての方は',
  'signIn.register': 'アカウントを作成',
  'signIn.signedIn': 'ログインしています',
  'signIn.signedInAs': '{user} としてログインしています。',
  'signIn.other': '別のアカウントでログイン',
  'signIn.forgot': 'パスワードをお忘れですか？',
  'signIn.farewell': 'アカウントを削除しました。ご利用ありがとうございました。',
  'signIn.none':
    'ログイン方法が設定されていないため、現在どなたもログインできません。{product} の管理者にお知らせください。',

  'register.title': 'アカウントの作成',
  'register.lead': 'ログインに使う名前を決めてください。2 段階目は後から追加できます。',
  'register.submit': 'アカウントを作成',
  'register.have': 'アカウントをお持ちの方は',
  'register.signIn': 'ログイン',
  'register.closed': '{product} のアカウントはここでは作成できません。管理者にお問い合わせください。',

  'second.title': 'ご本人の確認',
  'second.submit': '確認する',
  'second.device': '端末: {name}',
  'second.other': '別の方法を使う',
  'second.lost': '端末を紛失した場合',
  'second.startOver': '最初からやり直す',
  'second.notYou': '{user} としてログイン中',
  'second.remember': 'この端末では 30 日間、2 段階目を省略する',
  'second.pending': '確認を待っています…',

  sent: 'コードをお送りしました。',
  'sent.to': '{to} にコードをお送りしました。',
  'sent.again': '新しいコードをお送りしました。',
  'sent.againTo': '{to} に新しいコードをお送りしました。',
  'resend.submit': '新しいコードを送信',
  'resend.in': 'あと {time}',
  'resend.ready': '新しいコードを送信できるようになりました。',

  'way.away':
    '{name} を読み込めませんでした。接続を確認してもう一度お試しいただくか、別の方法をお使いください。',
  'way.wrong': '{name} に不具合があります。別の方法を使い、{product} の管理者にお知らせください。',
  restricted: 'ほかの方法より安全性が低く、コードを傍受されるおそれがあります。',

  'choose.title': '別の方法を選ぶ',
  'choose.lead': 'どの方法でもご本人の確認ができます。',
  'choose.only': 'お使いのアカウントで設定されている方法はこれだけです。',

  'lost.title': '端末を紛失しましたか？',
  'lost.use': 'このような場合のために保管しておいたものでログインできます。',
  'lost.ask':
    'お使いのアカウントにはほかの方法が設定されていません。{product} の管理者にご相談ください。ご本人であることを確認のうえ、新しい端末を設定できるようにします。',
  'lost.wait': '端末が見つかりそうな場合は、そのままで大丈夫です。見つかってからもう一度お試しください。',

  'none.title': 'ここでは確認できません',
  'none.text': 'アカウントに設定されている方法は、現在どれも使えません。{product} の管理者にご相談ください。',

  'stepUp.title': 'ご本人の確認',
  'stepUp.policySecond': '{policy} には、2 段階目の方法による確認が必要です。',
  'stepUp.policyFirst': '{policy} には、ご本人の再確認が必要です。',
  'stepUp.applicationSecond': '{application} が、2 段階目の方法による確認を求めています。',
  'stepUp.applicationFirst': '{application} が、ご本人の再確認を求めています。',
  'stepUp.account': 'アカウントの保護設定を変更するには、ご本人の再確認が必要です。',
  'stepUp.last': '前回の確認は{ago}です。',
  'stepUp.never': 'ログイン後、まだ確認していません。',
  'stepUp.as': '{user} としてログイン中',

  'security.title': 'セキュリティ',
  'security.signOut': 'ログアウト',
  'security.on': '2 段階認証は有効です: {list}',
  'security.onText':
    'ログインは 2 段階です。どちらか一方を他人に知られても、ログインされることはありません。',
  'security.off': '2 段階認証は無効です',
  'security.offText': 'アカウントは 1 段階だけで保護されています。下から 2 段階目を追加してください。',
  'security.offNothing': 'アカウントは 1 段階だけで保護されています。',
  'security.needed': '{path} には 2 段階認証が必要です。ここで 2 段階目を追加すると、先に進めます。',

  'list.title': 'ログイン方法',
  'list.added': '追加日: {when}',
  'list.used': '最終使用: {when}',
  'list.unused': '未使用',
  'list.left': '残り {count}',
  'list.low': '残りがわずかです。必要になる前に新しく作成してください。',
  'list.none': '残りがありません。必要になる前に新しく作成してください。',
  'list.disabled': '誤った入力が続いたため無効になりました。削除してから設定し直してください。',
  'list.unavailable': '現在は使用できません。',
  'list.needed': '必須です。削除する前に別の方法を追加してください',
  'list.rename': '名前を変更',
  'list.renameOf': '{name} の名前を変更',
  'list.remove': '削除',
  'list.removeOf': '{name} を削除',
  'list.change': '変更',
  'list.changeOf': '{name} を変更',
  'list.renew': '新しく作成',
  'list.renewOf': '{name} を新しく作成',

  'add.title': '別の方法を追加',
  'add.first': '2 段階目を追加',
  'add.ways': 'ほかのログイン方法を追加',

  'rename.title': '{name} の名前を変更',
  'rename.label': '名前',
  'rename.submit': '保存',
  'rename.empty': '名前を入力してください。',
  'rename.done': '名前を {name} に変更しました。',

  'remove.title': '{name} を削除しますか？',
  'remove.text': 'この方法ではログインできなくなります。',
  'remove.last': 'この方法ではログインできなくなり、2 段階認証も無効になります。',
  'remove.submit': '削除',
  'remove.keep': '残す',
  'remove.done': '{name} を削除しました。',

  'change.title': '{name} の変更',
  'change.lead': 'ほかの端末ではログアウトされます。',
  'change.submit': '保存',
  'change.done': '{name} を変更しました。ほかの端末ではログアウトされました。',

  'setup.title': '{name} の設定',
  'setup.name': 'この端末の名前',
  'setup.nameHint': '後で見分けるための名前です。',
  'setup.submit': '確認して完了',
  'setup.failed': 'ページを読み込めませんでした。接続を確認して、もう一度お試しください。',
  'setup.moduleWrong':
    'ページに不具合があります。{product} の管理者にお知らせください。変更は行われていません。',
  'setup.correct': '送信先を変更',
  'input.submit': 'コードを送信',
  'setup.qr': 'QR コード',
  'setup.open': 'この端末で開く',
  'setup.copyKey': 'キーをコピー',

  'done.title': '{name} を設定しました',
  'done.titleOn': '2 段階認証が有効になりました',
  'done.text': '{name} を使えるようになりました。ほかの端末ではログアウトされました。',
  'done.next': '続いて一度確認を行うと、{path} が開きます。',
  'done.list': '一覧に戻る',
  'issued.title': '次に進む前に: {name}',

  'sessions.title': 'ログイン中の端末',
  'sessions.this': 'この端末',
  'sessions.on': '{system} の {browser}',
  'sessions.unknown': '不明なブラウザー',
  'sessions.seen': '最終利用: {when}',
  'sessions.since': 'ログイン日: {when}',
  'sessions.end': 'ログアウト',
  'sessions.endOf': '{name} をログアウト',
  'sessions.ended': '{name} をログアウトしました。',
  'sessions.others': 'ほかのすべての端末でログアウト',
  'sessions.othersDone': 'ほかのすべての端末でログアウトしました。',

  'devices.title': '記憶した端末',
  'devices.lead': 'これらの端末では、ログイン時に 2 段階目を省略します。',
  'devices.until': '{when} まで',
  'devices.forget': '記憶を解除',
  'devices.forgetOf': '{name} の記憶を解除',
  'devices.forgotten': '{name} の記憶を解除しました。次のログインから 2 段階目が必要です。',

  'email.heading': 'メールアドレス',
  'email.none': '未登録',
  'email.use': 'アカウントに関するお知らせと、パスワードを忘れたときの再設定に使います。',
  'email.verified': '確認済み',
  'email.unverified': '未確認',
  'email.unknown':
    'このアドレスのメールを受け取れることを確認してください。それまでメールでの手続きはできません。',
  'email.pending': '{email} にお送りしたリンクを開いて、アドレスを確認してください。',
  'email.again': 'もう一度送信',
  'email.add': '追加',
  'email.change': '変更',
  'email.title': 'メールアドレスの登録',
  'email.lead': '入力したアドレスにリンクをお送りします。リンクを開くと登録が完了します。',
  'email.label': 'メールアドレス',
  'email.empty': 'メールアドレスを入力してください。',
  'email.submit': 'リンクを送信',
  'email.sent': '{email} にメールをお送りしました。メールのリンクを開いて、アドレスを確認してください。',

  'links.title': 'アカウントのその他のページ',

  'data.title': 'お客様のデータ',
  'data.lead':
    'アカウントについて保存されている内容を、1 つのファイルにまとめたものです。秘密の情報は含まれません。',
  'data.download': 'ダウンロード',
  'delete.open': 'アカウントを削除',
  'delete.title': 'アカウントを削除しますか？',
  'delete.lead':
    '{product} のアカウント、ログイン方法、セッションがただちにすべて削除されます。元に戻すことはできません。',
  'delete.label': '確認のため {identifier} と入力してください',
  'delete.empty': 'ユーザー名をそのまま入力してください: {identifier}',
  'delete.submit': '完全に削除',
  'delete.keep': '削除しない',

  'forgot.title': 'パスワードをお忘れですか？',
  'forgot.lead':
    'アカウントの確認済みアドレスにリンクをお送りします。リンクから新しいパスワードを設定できます。',
  'forgot.submit': 'リンクを送信',
  'forgot.sentTitle': 'メールをご確認ください',
  'forgot.sent':
    '確認済みアドレスのあるアカウントがあれば、メールをお送りしています。リンクの有効期間は短いため、お早めにお開きください。',
  'forgot.other': '別の名前を使う',
  'forgot.back': 'ログインに戻る',

  'reset.title': '新しいパスワードの設定',
  'reset.lead': 'すべての端末でログアウトされます。2 段階目の設定は変わりません。',
  'reset.submit': '保存',
  'reset.done': 'パスワードを変更しました',
  'reset.doneText': '新しいパスワードでログインしてください。ほかの端末ではログアウトされました。',
  'reset.signIn': 'ログイン',
  'reset.goneTitle': 'このリンクは使えません',
  'reset.again': '新しいメールを送信',

  'invitation.title': '{product} へようこそ',
  'invitation.lead':
    'あなたのアカウントが作成されました。{identifier} としてログインするための方法を選んでください。',
  'invitation.submit': '設定してログインする',
  'invitation.gone':
    'この招待はすでに使用されたか、取り消されたか、新しい招待に置き換えられたか、期限が切れています。招待した方に新しい招待を依頼してください。',

  'confirm.title': 'メールアドレスの確認',
  'confirm.done': 'メールアドレスを確認しました',
  'confirm.doneText': 'アカウントに関するお知らせを、このアドレスにお送りします。',
  'confirm.goneTitle': 'このリンクは使えません',
  'confirm.again': 'セキュリティのページへ',

  'permit.title': '2 段階認証の設定',
  'permit.again': '新しいリンクを請求する',

  'external.title': 'ログインしています',
  'external.lead': '{name} から戻りました。少々お待ちください...',
  'external.failed': 'うまくいきませんでした',
  'external.cancelled': '{name} での手続きが完了しませんでした。変更はありません。',
  'external.refused':
    '{name} でご本人の確認ができませんでした。もう一度お試しいただくか、ほかの方法をご利用ください。',
  'external.wrong':
    '{name} から届いた内容が、ここで始めた手続きと一致しないか、時間切れです。最初からやり直してください。',
  'external.notEnough':
    '{name} でご本人と確認されましたが、ここで必要な確認には足りません。ほかの方法をご利用ください。',
  'external.taken':
    'この {name} のアカウントは、お使いのアカウントまたは別のアカウントにすでに連携されています。',
  'external.late': '時間がかかりすぎました。セキュリティのページからやり直してください。',
  'external.security': 'セキュリティのページへ',

  'token.missing':
    'このページのアドレスが不完全です。メールのリンクをもう一度開くか、全体をコピーしてください。',

  'problem.malformed': '内容を読み取れませんでした。入力内容をご確認ください。',
  'problem.csrf': 'ページを開いてから時間がたちすぎています。再読み込みして、もう一度お試しください。',
  'problem.not-signed-in': 'ログアウトされています。続けるには、もう一度ログインしてください。',
  'problem.step-up-needed': 'この操作には、ご本人の再確認が必要です。',
  'problem.wrong-credentials':
    '一致するアカウントがありません。両方の入力内容を確認して、もう一度お試しください。',
  'problem.wrong-response': '正しくありません。確認して、もう一度お試しください。',
  'problem.replayed-response': 'すでに使われています。次のものを待ってから入力してください。',
  'problem.not-linked':
    'この ID に連携されたアカウントがありません。ほかの方法でログインしてから、セキュリティのページで連携してください。',
  'problem.refused-response': 'これは使用できません。別のものにしてください。',
  'problem.identifier-taken': 'この名前はすでに使われています。別の名前にしてください。',
  'problem.permit-needed':
    'この設定には、アカウントの所有者だけに送られるリンクが必要です。設定を求めるページでリンクを請求してください。',
  'problem.locks-you-out':
    'このルールの条件を、ご自身が満たしていません。先に設定とご本人の確認を済ませてから、ルールを保存してください。',
  'problem.level-unreachable': 'このサイトで使えるログイン方法には、このレベルに届くものがありません。',
  'problem.token-unknown':
    'このリンクは、使用済みか、新しいものに置き換えられたか、期限切れです。新しいメールを送信してください。',
  'problem.ceremony-unknown': 'このログインは終了しています。最初からやり直してください。',
  'problem.ceremony-used': 'このログインはすでに完了しています。最初からやり直してください。',
  'problem.ceremony-expired': '時間がたちすぎたため、安全のために終了しました。最初からやり直してください。',
  'problem.too-many-tries': '試行回数が多すぎます。安全のため、しばらく待ってからもう一度お試しください。',
  'problem.too-many-tries-until': '試行回数が多すぎます。{in}（{time}）にもう一度お試しください。',
  'problem.too-many-tries-over':
    '誤った入力が続いたため、この方法は一時的に使えません。最初からやり直すか、別の方法をお試しください。',
  'problem.enrolment-unknown': 'この設定は終了しています。もう一度始めてください。変更は行われていません。',
  'problem.not-found': 'すでに存在しません。一覧を更新しました。',
  'problem.last-authenticator':
    'この方法はアカウントに必要です。先に別の方法を追加してから削除してください。',
  'problem.already-enrolled': 'すでに設定されています。これ以上は追加できません。',
  'problem.forbidden': 'このアカウントでは行えません。サイトの管理者にお問い合わせください。',
  'problem.too-many-codes':
    'コードが何度も送信されています。別の方法をお使いいただくか、数分待ってからもう一度お試しください。',
  'problem.delivery-failed':
    'コードを送信できませんでした。少し待ってもう一度お試しいただくか、別の方法をお使いください。',
  'problem.provider-unavailable': 'この方法は現在使えません。別の方法を使うか、後でもう一度お試しください。',
  'problem.busy': 'ただいまログインが混み合っています。少し待ってから、もう一度お試しください。',
  'problem.unavailable': '現在ご利用いただけません。入力内容は残っています。少し後でもう一度お試しください。',
  'problem.network':
    '接続がありません。入力内容は残っています。ネットワークを確認して、もう一度お試しください。',
  'problem.unexpected':
    'こちら側で問題が発生しました。もう一度お試しください。解決しない場合は、サイトの管理者にお知らせください。',
};
