//! What the names of columns mean: words for users, items, ratings, times and titles in a dozen
//! languages, however they are joined, marked as ids or abbreviated.

/// What a column can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    User,
    Item,
    Rating,
    Time,
    Title,
    Genres,
    Year,
}

// Lower case and without accents, the likeliest first.
const USERS: &str = "user uid cust customer reviewer member reader profile critic visitor viewer rater \
    person people participant respondent listener player subject client account buyer consumer patron \
    guest voter judge student learner patient reviewername username u \
    nutzer benutzer kunde kundin leser leserin zuschauer besucher bewerter mitglied teilnehmer kritiker \
    utilisateur utilisatrice usager lecteur spectateur membre visiteur critique personne abonne internaute \
    usuario usuaria cliente lector espectador miembro visitante critico persona cinefilo \
    utilizador leitor membro pessoa avaliador utente lettore spettatore visitatore recensore \
    gebruiker klant lezer kijker lid bezoeker persoon beoordelaar uzytkownik klient anvandare kund bruger \
    bruker kayttaja uzivatel kullanici пользователь пользователя користувач 用户 用戶 使用者 ユーザー ユーザ \
    利用者 사용자 회원 χρηστης pengguna name";
const ITEMS: &str = "item movie film iid mid product book isbn asin parentasin song track artist anime \
    game joke business recipe restaurant place beer wine hotel venue poi course article news video show \
    series episode app music album band playlist podcast paper document doc post image photo content \
    object entity sku dish meal food drink attraction listing offer job lecture professor teacher \
    question exercise problem station channel program boardgame comic manga drama perfume coffee repo \
    service package toy store shop company brand whisky cocktail attribute i \
    artikel produkt buch lied spiel rezept kurs serie wein bier ort witz gericht werk \
    produit livre chanson jeu recette cours oeuvre vin biere lieu plat \
    articulo producto pelicula libro cancion juego receta curso obra vino cerveza lugar plato \
    produto filme livro musica jogo receita vinho cerveja prato \
    articolo prodotto canzone brano gioco ricetta corso opera birra luogo piatto \
    product boek nummer spel recept cursus wijn gerecht ksiazka przedmiot produkt bok lat vara \
    elokuva kirja tuote kniha vyrobek kitap urun фильм фильма книга книги товар товара предмет \
    电影 電影 物品 商品 项目 图书 書 书 歌曲 音乐 餐厅 映画 作品 アイテム 本 曲 영화 상품 아이템 책 ταινια buku \
    title titel titre titulo titolo";
const RATINGS: &str = "rating score stars star overall rate grade value feedback vote points point mark \
    preference liking like opinion evaluation weight playcount plays count listens listencount clicks \
    views purchases quantity interaction event label r \
    bewertung note sterne punkte punktzahl wertung urteil evaluation etoiles notation appreciation \
    calificacion puntuacion valoracion nota estrellas puntaje avaliacao classificacao pontuacao estrelas \
    voto valutazione punteggio stelle giudizio beoordeling cijfer sterren waardering ocena betyg \
    bedommelse vurdering karakter arvosana arvio hodnoceni puan оценка оценки рейтинг \
    评分 評分 打分 分数 評価 評点 レーティング 평점 별점 βαθμολογια nilai";
const TIMES: &str = "timestamp time date unixtime unixreviewtime datetime ratingtimestamp ratedat createdat \
    reviewtime timestamps when ts epoch t \
    datum zeit zeitpunkt zeitstempel uhrzeit heure temps horodatage fecha hora tiempo data tempo orario \
    tijd tijdstip tidpunkt tid pvm czas zaman tarih дата время 日期 时间 時間 日時 날짜 시간 ημερομηνια";
const TITLES: &str = "title name titel titre titulo titolo nombre nom nome naam nazwa namn navn nimi titul \
    baslik название 标题 名称 タイトル 제목 originaltitle primarytitle";
const GENRES: &str = "genre genero genere gatunek genrer жанр жанры 类型 ジャンル 장르";
const YEARS: &str = "year releaseyear originalpublicationyear jahr erscheinungsjahr annee ano anio anno jaar \
    rok ar год 年份 年 연도";

/// Words that mark a number or a key, and say nothing of what it is the key of.
const IDS: [&str; 13] = [
    "id", "ids", "nr", "no", "num", "number", "key", "code", "index", "idx", "pk", "nummer", "uuid",
];
/// Words beside a role's own that take nothing from it.
const BESIDE: [&str; 26] = [
    "review",
    "the",
    "my",
    "your",
    "his",
    "her",
    "of",
    "du",
    "de",
    "des",
    "del",
    "der",
    "di",
    "le",
    "la",
    "el",
    "unix",
    "at",
    "created",
    "rated",
    "given",
    "final",
    "total",
    "original",
    "publication",
    "a",
];
/// Words that make something else of a rating or a time.
const AGAINST: [&str; 18] = [
    "avg",
    "average",
    "mean",
    "sum",
    "std",
    "min",
    "max",
    "predicted",
    "normalized",
    "helpful",
    "spent",
    "duration",
    "release",
    "birth",
    "text",
    "comment",
    "url",
    "image",
];

/// How well a name fits a role; nothing where it does not.
pub(super) fn fit(name: &str, role: Role) -> Option<u32> {
    let words = words(name);
    let mut fit: Option<u32> = None;
    let (mut marked, mut others) = (false, 0);
    for word in &words {
        let (stem, is_id) = stem(word, role);
        marked |= is_id;
        match rank(stem, role) {
            Some(rank) => fit = Some(fit.unwrap_or(0).max(1000 - rank.min(400))),
            None if stem.is_empty() => {}
            None if AGAINST.contains(&stem) => others += 4,
            None if BESIDE.contains(&stem) => {}
            // What it is the rating, the time or the title of.
            None if role != Role::User && rank(stem, Role::Item).is_some() => {}
            None if role == Role::Rating && rank(stem, Role::User).is_some() => {}
            None => others += 1,
        }
    }
    let mut fit = fit?;
    let has = |other: Role| words.iter().any(|word| rank(stem_of(word, other), other).is_some());
    match role {
        Role::User if has(Role::Rating) || has(Role::Time) || has(Role::Genres) => return None,
        // A user's name, but no product's.
        Role::User if words.len() > 1 && rank_only(&words, "name", Role::User) => return None,
        Role::Item
            if has(Role::Rating) || has(Role::Time) || has(Role::Year) || has(Role::Genres) =>
        {
            return None;
        }
        Role::Rating if marked || has(Role::Time) => return None,
        Role::Title if marked || has(Role::User) && words.len() > 1 && !has_item_noun(&words) => {
            return None;
        }
        Role::Time | Role::Genres | Role::Year if marked => return None,
        _ => {}
    }
    if matches!(role, Role::User | Role::Item) && marked {
        fit += 450;
    }
    // An item's title is its name, where there is no better one.
    if role == Role::Item && words.iter().any(|word| rank(word, Role::Title).is_some()) {
        fit = fit.saturating_sub(300);
    }
    fit.checked_sub(170 * others).filter(|&fit| fit >= 400)
}

/// The column whose name fits a role best; of equals, the first.
pub(super) fn best(names: &[String], role: Role, free: &dyn Fn(usize) -> bool) -> Option<usize> {
    let fits = names.iter().enumerate().filter(|&(n, _)| free(n));
    let fits = fits.filter_map(|(n, name)| Some((fit(name, role)?, n)));
    fits.rev().max_by_key(|&(fit, _)| fit).map(|(_, n)| n)
}

/// Whether a name is a key of something that is not known, as in `widget_id`.
pub(super) fn is_key(name: &str) -> bool {
    let words = words(name);
    let is_id =
        |word: &String| IDS[..2].contains(&word.as_str()) || word.len() > 4 && word.ends_with("id");
    words.len() > 1 && words.iter().any(is_id)
        || words.len() == 1 && words[0].len() > 4 && is_id(&words[0])
}

/// Whether a column without a proper name counts the rows.
pub(super) fn is_row_number(name: &str) -> bool {
    let name = fold(name.trim()).to_lowercase();
    name.is_empty()
        || name.starts_with("unnamed")
        || [
            "index",
            "row",
            "rownames",
            "row_names",
            "rownumber",
            "row number",
            "#",
            "x",
            "nr",
            "no",
        ]
        .contains(&name.as_str())
}

/// A name in lower case without accents and punctuation, for comparing it.
pub(super) fn plain(name: &str) -> String {
    fold(name).to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
}

fn list(role: Role) -> &'static str {
    match role {
        Role::User => USERS,
        Role::Item => ITEMS,
        Role::Rating => RATINGS,
        Role::Time => TIMES,
        Role::Title => TITLES,
        Role::Genres => GENRES,
        Role::Year => YEARS,
    }
}

fn rank(word: &str, role: Role) -> Option<u32> {
    let singular = word.strip_suffix('s').filter(|_| word.len() > 3).unwrap_or(word);
    let listed = |known: &str| known == word || known == singular;
    (!word.is_empty()).then(|| list(role).split_whitespace().position(listed))?.map(|at| at as u32)
}

fn stem_of(word: &str, role: Role) -> &str {
    stem(word, role).0
}

/// A word without what marks it as a key or a name, and whether it is a key.
fn stem(word: &str, role: Role) -> (&str, bool) {
    if IDS.contains(&word) && rank(word, role).is_none() {
        return ("", true);
    }
    if rank(word, role).is_some() {
        // Some words are keys by themselves.
        return (word, matches!(word, "uid" | "iid" | "mid" | "isbn" | "asin" | "sku"));
    }
    for mark in IDS {
        for rest in [word.strip_suffix(mark), word.strip_prefix(mark)].into_iter().flatten() {
            if rank(rest, role).is_some() {
                return (rest, true);
            }
        }
    }
    // profilename, booktitle, bookrating, reviewscore: two words of which one names the role.
    for whose in [Role::Item, Role::User, Role::Title] {
        for beside in list(whose).split_whitespace().chain(BESIDE) {
            if beside.len() < 3 {
                continue;
            }
            if let Some(rest) = word.strip_prefix(beside)
                && rank(rest, role).is_some()
                && rest.len() > 2
            {
                return (rest, false);
            }
            if matches!(whose, Role::Title)
                && let Some(rest) = word.strip_suffix(beside)
                && rank(rest, role).is_some()
                && rest.len() > 2
            {
                return (rest, false);
            }
        }
    }
    (word, false)
}

fn rank_only(words: &[String], name: &str, role: Role) -> bool {
    words.iter().all(|word| word == name || rank(stem_of(word, role), role).is_none())
        && words.iter().any(|word| !BESIDE.contains(&word.as_str()) && word != name)
}

fn has_item_noun(words: &[String]) -> bool {
    words.iter().any(|word| rank(stem_of(word, Role::Item), Role::Item).is_some())
}

/// The words in a name: cut at punctuation, at capitals, and where a script ends; what stands in
/// brackets, and the type after a colon, say nothing.
fn words(name: &str) -> Vec<String> {
    let mut name = name.trim();
    let types = [":token", ":token_seq", ":float", ":float_seq"];
    name = types.iter().find_map(|kind| name.strip_suffix(kind)).unwrap_or(name);
    let name = fold(name);
    let (mut words, mut word) = (Vec::new(), String::new());
    let (mut depth, mut before) = (0_u32, ' ');
    for c in name.chars() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        let inside = depth > 0 || !c.is_alphanumeric();
        let starts = c.is_uppercase() && before.is_lowercase()
            || before.is_alphanumeric() && c.is_ascii() != before.is_ascii();
        if (inside || starts) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if !inside {
            word.extend(c.to_lowercase());
        }
        before = c;
    }
    words.extend(Some(word).filter(|word| !word.is_empty()));
    words
}

/// Latin letters without their accents.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        let plain = match c {
            'à'..='å' | 'ă' | 'ą' | 'ā' => "a",
            'À'..='Å' | 'Ą' => "A",
            'ç' | 'ć' | 'č' => "c",
            'Ç' | 'Ć' | 'Č' => "C",
            'è'..='ë' | 'ę' | 'ě' | 'ē' => "e",
            'È'..='Ë' => "E",
            'ì'..='ï' | 'ı' | 'ī' => "i",
            'Ì'..='Ï' | 'İ' => "I",
            'ñ' | 'ń' | 'ň' => "n",
            'Ñ' => "N",
            'ò'..='ö' | 'ø' | 'ő' | 'ō' => "o",
            'Ò'..='Ö' | 'Ø' => "O",
            'ù'..='ü' | 'ű' | 'ů' | 'ū' => "u",
            'Ù'..='Ü' => "U",
            'ý' | 'ÿ' => "y",
            'ś' | 'š' | 'ş' => "s",
            'Š' | 'Ś' | 'Ş' => "S",
            'ź' | 'ż' | 'ž' => "z",
            'Ž' | 'Ż' => "Z",
            'ł' => "l",
            'Ł' => "L",
            'ř' => "r",
            'ğ' => "g",
            'ť' => "t",
            'ď' => "d",
            'ß' => "ss",
            'æ' => "ae",
            'œ' => "oe",
            'ά' => "α",
            'έ' => "ε",
            'ή' => "η",
            'ί' => "ι",
            'ό' => "ο",
            'ύ' => "υ",
            'ώ' => "ω",
            _ => {
                folded.push(c);
                continue;
            }
        };
        folded.push_str(plain);
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The best of a header's names for user, item, rating and time.
    fn best(header: &str) -> [&str; 4] {
        [Role::User, Role::Item, Role::Rating, Role::Time].map(|role| {
            let fits = header.split(',').filter_map(|name| Some((fit(name, role)?, name)));
            fits.rev().max_by_key(|(fit, _)| *fit).map_or("", |(_, name)| name)
        })
    }

    #[test]
    fn headers_of_published_and_home_made_files_are_understood() {
        for (header, expected) in [
            ("userId,movieId,rating,timestamp", ["userId", "movieId", "rating", "timestamp"]),
            ("User-ID,ISBN,Book-Rating", ["User-ID", "ISBN", "Book-Rating", ""]),
            ("critic,title,rating", ["critic", "title", "rating", ""]),
            (
                "brewery_id,brewery_name,review_time,review_overall,review_aroma,\
                 review_profilename,beer_name,beer_beerid",
                ["review_profilename", "beer_beerid", "review_overall", "review_time"],
            ),
            ("user_id,recipe_id,date,rating,review", ["user_id", "recipe_id", "rating", "date"]),
            ("userID,placeID,rating,food_rating", ["userID", "placeID", "rating", ""]),
            ("visitorid,itemid,event", ["visitorid", "itemid", "event", ""]),
            ("User,Movie,Rating (1-5),Comment", ["User", "Movie", "Rating (1-5)", ""]),
            ("Unnamed: 0,user id,movie title,rating", ["user id", "movie title", "rating", ""]),
            (
                "user_id:token,item_id:token,rating:float,timestamp:float",
                ["user_id:token", "item_id:token", "rating:float", "timestamp:float"],
            ),
            (
                "review_id,user_id,business_id,stars,date",
                ["user_id", "business_id", "stars", "date"],
            ),
            (
                "reviewerID,asin,reviewerName,overall,unixReviewTime",
                ["reviewerID", "asin", "overall", "unixReviewTime"],
            ),
            ("index_user,movieId,avg_rating,rating", ["index_user", "movieId", "rating", ""]),
            ("userID,artistID,weight", ["userID", "artistID", "weight", ""]),
            ("uid,iid,r,t", ["uid", "iid", "r", "t"]),
            ("Cust_ID,score,time,item_id", ["Cust_ID", "item_id", "score", "time"]),
        ] {
            assert_eq!(best(header), expected, "{header}");
        }
    }

    #[test]
    fn headers_in_other_languages_are_understood() {
        for (header, expected) in [
            ("Benutzer-Nr,Film,Bewertung,Datum", ["Benutzer-Nr", "Film", "Bewertung", "Datum"]),
            ("utilisateur,œuvre,note,heure", ["utilisateur", "œuvre", "note", "heure"]),
            (
                "id_usuario,película,calificación,fecha",
                ["id_usuario", "película", "calificación", "fecha"],
            ),
            ("usuário,livro,avaliação,data", ["usuário", "livro", "avaliação", "data"]),
            ("utente,canzone,voto,data", ["utente", "canzone", "voto", "data"]),
            ("gebruiker,boek,cijfer,tijd", ["gebruiker", "boek", "cijfer", "tijd"]),
            ("użytkownik,książka,ocena,czas", ["użytkownik", "książka", "ocena", "czas"]),
            ("пользователь,фильм,оценка,дата", ["пользователь", "фильм", "оценка", "дата"]),
            ("用户ID,电影,评分,时间", ["用户ID", "电影", "评分", "时间"]),
            ("ユーザーID,作品,評価,日時", ["ユーザーID", "作品", "評価", "日時"]),
        ] {
            assert_eq!(best(header), expected, "{header}");
        }
    }

    #[test]
    fn what_is_another_thing_is_taken_for_nothing() {
        for name in ["avg_rating", "rating_count", "comment", "price", "movie_year", "genres"] {
            assert_eq!(fit(name, Role::User), None, "{name}");
            assert_eq!(fit(name, Role::Item), None, "{name}");
        }
        assert!(
            fit("rating_date", Role::Rating).is_none() && fit("rating_id", Role::Rating).is_none()
        );
        assert!(is_key("widget_id") && is_key("widgetId") && !is_key("grid") && !is_key("rating"));
        assert!(fit("Book-Title", Role::Title).is_some() && fit("title", Role::Title).is_some());
        assert!(fit("Year-Of-Publication", Role::Year).is_some());
    }
}
